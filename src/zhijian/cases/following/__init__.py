"""What follows from a case outside of it: the states of reports, and the records of inspection, finding, rectification, penalty.

A case is its events; these follow from them, carried out by the worker as the tables' owner. So no officer's connection can write
to a report or to the registry, and a case can be decided while the log or an institution's record is at fault.
"""

from zhijian.cases.following.carrying import Followed, ReportStates, follow, standing

__all__ = ["Followed", "ReportStates", "follow", "standing"]
