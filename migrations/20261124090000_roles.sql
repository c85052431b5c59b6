-- The roles of the service. They cannot log in: a process connects as a login that is a member of the roles it
-- takes, and sets one on each connection; whoever migrates is a member of all. Roles belong to the whole cluster, so
-- another database may have made them.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['intraparis_writer', 'intraparis_reader', 'intraparis_projector'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Every process looks whether the schema is its own.
GRANT SELECT ON _sqlx_migrations TO intraparis_writer, intraparis_reader, intraparis_projector;
