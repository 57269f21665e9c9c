"""From a firm's files and databases to the canonical warehouse: read, map, check, merge, publish.

``importer.import_source`` does an import from end to end; ``template.write_template`` writes the workbook for
firms that have only Excel. Everything else here is a step of the one or a part of the other.
"""
