"""How much one file may ask for. A document for a chat assistant that needs more is a mistake or an attack."""

CONVERTER = 1  # raised whenever a conversion changes, so that every source is converted again
MEGABYTE = 1_000_000
SOURCE = 20 * MEGABYTE  # bytes of a file
SIDECAR = 64_000  # bytes of a .meta.yaml
UNPACKED = 200 * MEGABYTE  # bytes of everything inside a .docx or .xlsx
MEMBERS = 5_000  # files inside a .docx or .xlsx
OUTPUT = 4 * MEGABYTE  # bytes of a converted document; more than anybody would read
CELLS = 200_000  # of one table
DEPTH = 200  # of elements in each other
PAGES = 1_000

WALL = 10.0  # seconds
CPU = 8  # seconds
MEMORY = 1 << 30  # bytes of address space
