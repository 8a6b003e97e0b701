#!/bin/busybox sh
# The guest's init: as little as makes a Linux that can be watched, driven and shut down.
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ PS1='guest# '
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts && mount -t devpts devpts /dev/pts

while read -r module; do
    insmod "/modules/$module" || echo "init: cannot load $module"
done </modules/order

hostname guest
# The power button: acpid runs /etc/acpi/PWRF/00000080 when the button is pressed.
acpid
ip link set lo up
if [ -e /sys/class/net/eth0 ]; then
    ip link set eth0 up
    udhcpc -q -n -i eth0 -s /etc/udhcpc >/dev/null 2>&1 &
fi

echo "guest is up" >/dev/ttyS0
while :; do
    setsid cttyhack sh </dev/ttyS0 >/dev/ttyS0 2>&1
    sleep 1
done
