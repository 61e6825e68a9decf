-- What the program's role may do; run by the owner after each migrate and each restore:
--   psql "$DATABASE_URL" -v app=thidua_app -f docs/roles.sql
\set ON_ERROR_STOP on
BEGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"app";
GRANT USAGE ON SCHEMA public TO :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"app";
-- The form of the database is the owner's.
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM :"app";
-- Append-only: one line for each table that may only grow.
REVOKE UPDATE, DELETE ON models_registry_privatelook FROM :"app";
REVOKE UPDATE, DELETE, TRUNCATE ON core_auditevent FROM :"app";
REVOKE UPDATE, DELETE ON organizations_accountevent FROM :"app";
REVOKE UPDATE, DELETE ON models_registry_exemplartransition FROM :"app";
GRANT UPDATE (version, undo_until, undoes_id) ON models_registry_exemplartransition TO :"app";
REVOKE UPDATE, DELETE ON models_registry_historicalexemplar FROM :"app";
REVOKE UPDATE, DELETE ON organizations_historicaluser FROM :"app";
REVOKE UPDATE, DELETE ON organizations_historicalroleassignment FROM :"app";
COMMIT;
