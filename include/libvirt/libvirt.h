/*
 * libvirt.h: the API of virtualization, whole but for errors (virterror.h) and what single hypervisors
 * have (libvirt-qemu.h, libvirt-lxc.h).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FERROVIRT_LIBVIRT_H
#define FERROVIRT_LIBVIRT_H

#define FERROVIRT_LIBVIRT_PARTS

#include <libvirt/libvirt-common.h>
#include <libvirt/libvirt-host.h>
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-checkpoint.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <libvirt/libvirt-event.h>
#include <libvirt/libvirt-interface.h>
#include <libvirt/libvirt-network.h>
#include <libvirt/libvirt-nodedev.h>
#include <libvirt/libvirt-nwfilter.h>
#include <libvirt/libvirt-secret.h>
#include <libvirt/libvirt-storage.h>
#include <libvirt/libvirt-stream.h>

#undef FERROVIRT_LIBVIRT_PARTS

#endif /* FERROVIRT_LIBVIRT_H */
