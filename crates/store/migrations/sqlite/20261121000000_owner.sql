-- Whose an integration is: of the configuration files (`file`), or of whoever made it in a window or
-- on the command line (`ui`). Files never take the latter out of force.
ALTER TABLE integrations ADD COLUMN owner TEXT NOT NULL DEFAULT 'file' CHECK (owner IN ('file', 'ui'));
