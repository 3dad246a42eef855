-- What is known of a mesh beyond its source: filters that were saved, connected components, boxes.

-- Filters for exports, by name.
CREATE TABLE filters (
  name TEXT PRIMARY KEY,
  filter TEXT NOT NULL,      -- a JSON object: the filter as the library takes it
  saved TEXT NOT NULL        -- time, ISO 8601 UTC
) STRICT;

-- Connected components: triangles that share a vertex are in one. Empty until they are asked for first.
CREATE TABLE components (
  id INTEGER PRIMARY KEY,    -- 0 .. count - 1, in the order of their smallest vertex ids
  triangles INTEGER NOT NULL,
  vertices INTEGER NOT NULL,
  first INTEGER NOT NULL     -- its first triangle
) STRICT;

-- Which triangles belong to a component: runs of consecutive ids, both ends included. Each triangle is in one run.
CREATE TABLE component_runs (
  first INTEGER PRIMARY KEY, -- triangle id
  last INTEGER NOT NULL,     -- triangle id
  component INTEGER NOT NULL REFERENCES components (id)
) STRICT;

CREATE INDEX component_runs_component ON component_runs (component);
