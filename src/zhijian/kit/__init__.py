"""Tools that know no room: settings, database, signatures, scope, masks. Anyone may import them."""
