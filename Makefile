# Everything a person types; each is one line that calls cargo or its chores (cargo xtask help).
.PHONY: run build test interop asan bench-rpc bench-xml bench-lockd fuzz-smoke clean

# A real Linux guest under our own daemon, driven by our own virsh, in private directories.
run:
	@cargo xtask run

# Every program and library, in target/release, under libvirt's names.
build:
	@cargo xtask build

# All tests, after installing what they need.
test:
	@cargo xtask test

# The tests that drive our daemon with libvirt's own virsh, Python binding and virt-install.
interop:
	@cargo xtask interop

# The C library's tests under AddressSanitizer.
asan:
	@cargo xtask asan

# The daemon's speed, beside the C daemon's where that is installed.
bench-rpc:
	@cargo xtask bench-rpc

# How fast domain documents are read and written, beside the C library.
bench-xml:
	@cargo xtask bench-xml

# The lock daemon's speed, size and pause, beside the C daemon's where that is installed.
bench-lockd:
	@cargo xtask bench-lockd

# A minute of fuzzing for each target.
fuzz-smoke:
	@cargo xtask fuzz-smoke

clean:
	@cargo clean
