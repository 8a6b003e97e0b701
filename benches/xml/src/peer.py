# What the C library takes for the same, through its Python binding; the binding's own share is some microseconds.
# Arguments: the document's file, seconds. Prints microseconds: for a definition and a description together, and for
# a call that does next to nothing. Prints nothing where another library, ours for one, is found in its place.
import sys
import time

import libvirt

text = open(sys.argv[1]).read()
seconds = float(sys.argv[2])
connection = libvirt.open("test:///default")
# the C library is known by what it reads with
if "/libxml2.so" not in open("/proc/self/maps").read():
    sys.exit()


def median(work):
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    times.sort()
    return times[len(times) // 2] * 1e6


print(median(lambda: connection.defineXML(text).XMLDesc(0)), median(connection.getLibVersion))
