-- What runs as the owner looks up no name in its caller's temporary schema first: PostgreSQL does so for types and relations,
-- unless the path names pg_temp itself, and a domain `bytea` of the caller's own has a check that would run as the owner.
-- Nobody needs temporary objects here.
ALTER FUNCTION journal.append SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION journal.append_lone SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION journal.fold_frontier SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION journal.root_of SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION journal.keep_snapshot SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION vault.refuse_resurrection SET search_path = pg_catalog, pg_temp;
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
