"""Ways to read the frames of cameras, each as it is used at its best: camherd and what people
use instead. `reader` is the program that reads in one of these ways, `peer` runs it."""
