# Everything a person types; each is one line that calls cargo or its chores (cargo xtask help).
.PHONY: run build install test abi-report bench-api interop asan bench-rpc bench-xml bench-lockd fuzz-smoke clean

# A real Linux guest under our own daemon, driven by our own virsh, in private directories.
run:
	@cargo xtask run

# Every program and library, in target/release, under libvirt's names.
build:
	@cargo xtask build

# Everything where distributions have it: make install DESTDIR=… PREFIX=/usr (LIBDIR, SYSCONFDIR, LOCALSTATEDIR, UNITDIR).
install:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' SYSCONFDIR='$(SYSCONFDIR)' \
		LOCALSTATEDIR='$(LOCALSTATEDIR)' UNITDIR='$(UNITDIR)' cargo xtask install

# Every public function called in many ways, on our library and, where it is installed, on the C one.
abi-report:
	@cargo xtask abi-report

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

# The C library's speed and size, beside libvirt's own where that is installed.
bench-api:
	@cargo xtask bench-api

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
