-- A mesh may come from several files. Each has a row in `sources`, with its own triangles and, if it is indexed, its own
-- vertices. The counts of the complete mesh move to a table of their own.
CREATE TABLE mesh (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  triangles INTEGER NOT NULL,        -- triangles read from all sources
  vertices INTEGER NOT NULL,         -- vertices after welding
  degenerate INTEGER NOT NULL,       -- triangles with two corners at the same vertex
  unreferenced INTEGER NOT NULL,     -- vertices without a triangle
  color_conflicts INTEGER NOT NULL,  -- vertices of sources with another color than the first at their position
  normal_conflicts INTEGER NOT NULL, -- the same for normals
  min_x REAL, min_y REAL, min_z REAL, -- the bounding box of all vertices; NULL without vertices
  max_x REAL, max_y REAL, max_z REAL
) STRICT;

INSERT INTO mesh
SELECT 1, triangles, vertices, degenerate, unreferenced, color_conflicts, normal_conflicts,
  min_x, min_y, min_z, max_x, max_y, max_z
FROM sources ORDER BY id LIMIT 1;

ALTER TABLE sources ADD COLUMN first_triangle INTEGER; -- triangle ids; NULL if the source has no triangle
ALTER TABLE sources ADD COLUMN last_triangle INTEGER;
-- Number of the first vertex of the source among the vertices of all sources before welding; NULL if all sources are soup.
-- If only some are, each triangle of these counts as three vertices.
ALTER TABLE sources ADD COLUMN first_vertex INTEGER;

UPDATE sources SET first_triangle = 0, last_triangle = triangles - 1 WHERE triangles > 0;
UPDATE sources SET first_vertex = 0 WHERE file_vertices IS NOT NULL;

ALTER TABLE sources DROP COLUMN vertices;
ALTER TABLE sources DROP COLUMN degenerate;
ALTER TABLE sources DROP COLUMN unreferenced;
ALTER TABLE sources DROP COLUMN color_conflicts;
ALTER TABLE sources DROP COLUMN normal_conflicts;
ALTER TABLE sources DROP COLUMN min_x;
ALTER TABLE sources DROP COLUMN min_y;
ALTER TABLE sources DROP COLUMN min_z;
ALTER TABLE sources DROP COLUMN max_x;
ALTER TABLE sources DROP COLUMN max_y;
ALTER TABLE sources DROP COLUMN max_z;
