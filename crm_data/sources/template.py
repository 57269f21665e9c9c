"""The workbook template."""
def write_template(*a): pass
