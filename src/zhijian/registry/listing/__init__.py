"""Lists and figures over the registry, for pages and exports: what there is within a scope, by place, by what is due."""

from zhijian.registry.history import present
from zhijian.registry.history_store import number as number_of_changes
from zhijian.registry.listing import due
from zhijian.registry.listing.drawable import drawable
from zhijian.registry.listing.people import PERSONAL, people, person
from zhijian.registry.listing.store import (
    RENEWAL,
    SORTS,
    Wanted,
    institutions,
    province_of,
)
from zhijian.registry.store import counts

__all__ = ["PERSONAL", "RENEWAL", "SORTS", "Wanted", "counts", "drawable", "due", "institutions",
           "number_of_changes", "people", "person", "present", "province_of"]  # fmt: skip
