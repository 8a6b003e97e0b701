"""Every function of libvirt-admin.so.0, with good and bad arguments; what it gives, and its errors.

Arguments: the URI, the name of the daemon's server, its socket for clients.
"""
import socket
import sys
import time
from ctypes import *

virt, adm = CDLL('libvirt.so.0'), CDLL('libvirt-admin.so.0')
uri, name = sys.argv[1].encode(), sys.argv[2].encode()


class Error(Structure):
    _fields_ = [('code', c_int), ('domain', c_int), ('message', c_char_p), ('level', c_int)]


class Parameter(Structure):
    _fields_ = [('field', c_char * 80), ('type', c_int), ('value', c_uint64)]


UINT, ULLONG, STRING = 2, 4, 7

virt.virGetLastError.restype = POINTER(Error)
# libvirt's own library must have been initialized before it is asked for an error
virt.virInitialize()
quiet = CFUNCTYPE(None, c_void_p, c_void_p)(lambda *_: None)
virt.virSetErrorFunc(None, quiet)
for pointer in ['ConnectOpen', 'ConnectLookupServer', 'ServerLookupClient', 'ConnectGetURI']:
    getattr(adm, 'virAdm' + pointer).restype = c_void_p
for number in ['GetID', 'GetTimestamp']:
    getattr(adm, 'virAdmClient' + number).restype = c_longlong
adm.virAdmServerGetName.restype = c_char_p
adm.virAdmServerLookupClient.argtypes = [c_void_p, c_ulonglong, c_uint]


def text(pointer):
    return string_at(pointer).decode() if pointer else None


def ask(function, *arguments, show=lambda result: result):
    """Calls a function, prints what came of it, and gives that."""
    virt.virResetLastError()
    result = getattr(adm, 'virAdm' + function)(*arguments)
    error = virt.virGetLastError()
    said = ''
    if error and error.contents.code:
        said = (error.contents.code, error.contents.domain, error.contents.message.decode())
    print(function, show(result), said)
    return result


def handle(function, *arguments):
    return c_void_p(ask(function, *arguments, show=bool))


def parameters(function, *arguments):
    """A function that makes a list of parameters; the ones that differ from run to run have no value."""
    made, length = POINTER(Parameter)(), c_int()

    def shown(result):
        values = {UINT: lambda value: value & 0xffffffff, STRING: text}
        hidden = [b'freeWorkers', b'unix_process_id']
        return result, sorted((p.field.decode(), p.type, p.field not in hidden and values.get(p.type, int)(p.value))
                              for p in made[:length.value])

    ask(function, arguments[0], byref(made), byref(length), *arguments[1:], show=shown)


def limits(function, field, kind, value):
    ask(function, server, (Parameter * 1)(Parameter(field, kind, value)), 1, 0)


version = c_ulonglong()
ask('Initialize')
ask('GetVersion', byref(version)), print(version.value)
handle('ConnectOpen', b'nobody:///system', 0)
handle('ConnectOpen', uri, 64)
conn = handle('ConnectOpen', uri, 0)
ask('ConnectIsAlive', conn), ask('ConnectRef', conn), ask('ConnectClose', conn)
ask('ConnectGetURI', conn, show=lambda pointer: text(pointer) == uri.decode())
ask('ConnectGetLibVersion', conn, byref(version)), print(version.value)
servers = POINTER(c_void_p)()
count = ask('ConnectListServers', conn, byref(servers), 0)
print(sorted(adm.virAdmServerGetName(c_void_p(servers[n])) for n in range(count)))
for n in range(count):
    ask('ServerFree', c_void_p(servers[n]))
ask('ConnectListServers', conn, None, 0)
ask('ConnectListServers', conn, byref(servers), 8)
handle('ConnectLookupServer', conn, b'nobody', 0)
handle('ConnectLookupServer', conn, None, 0)
server = handle('ConnectLookupServer', conn, name, 0)
ask('ServerGetName', server)
parameters('ServerGetThreadPoolParameters', server, 0)
parameters('ServerGetThreadPoolParameters', server, 1)
limits('ServerSetThreadPoolParameters', b'maxWorkers', UINT, 0)
limits('ServerSetClientLimits', b'nclients_max', UINT, 77)
limits('ServerSetClientLimits', b'no such', UINT, 77)
limits('ServerSetClientLimits', b'nclients_max', ULLONG, 77)
limits('ServerSetClientLimits', b'nclients', UINT, 77)
ask('ServerSetClientLimits', server, None, 0, 0)
ask('ServerUpdateTlsFiles', server, 0)
connected = [socket.socket(socket.AF_UNIX) for _ in range(2)]
for one in connected:
    one.settimeout(30)
    one.connect(sys.argv[3])
clients = POINTER(c_void_p)()
while adm.virAdmServerListClients(server, byref(clients), 0) != len(connected):
    time.sleep(0.01)
# they are numbered in the order in which they came; others may have been there before
first = min(adm.virAdmClientGetID(c_void_p(clients[n])) for n in range(len(connected)))
parameters('ServerGetClientLimits', server, 0)
for n in range(ask('ServerListClients', server, byref(clients), 0)):
    client = c_void_p(clients[n])
    ask('ClientGetTransport', client)
    ask('ClientGetTimestamp', client, show=lambda seconds: abs(seconds - time.time()) < 600)
    ask('ClientGetID', client, show=lambda number: number - first in range(len(connected)))
    parameters('ClientGetInfo', client, 0)
ask('ServerListClients', server, byref(clients), 4)
handle('ServerLookupClient', server, 12345, 0)
client = handle('ServerLookupClient', server, first, 0)
ask('ClientClose', client, 0)
print('closed', connected[0].recv(1))
ask('ClientFree', client)
said = c_void_p()
ask('ConnectGetLoggingFilters', conn, byref(said), 0), print(text(said.value))
ask('ConnectSetLoggingFilters', conn, b'1:util 3:rpc', 0)
ask('ConnectGetLoggingFilters', conn, byref(said), 0), print(text(said.value))
ask('ConnectSetLoggingFilters', conn, b'9:x', 0)
ask('ConnectSetLoggingFilters', conn, None, 0)
ask('ConnectGetLoggingOutputs', conn, byref(said), 0)
ask('ConnectSetLoggingOutputs', conn, b'9:stderr', 0)
ask('ConnectSetDaemonTimeout', conn, 1000, 0)
ask('ConnectSetDaemonTimeout', conn, 0, 2)
called = CFUNCTYPE(None, c_void_p, c_int, c_void_p)(lambda *_: None)
for _ in range(2):
    ask('ConnectRegisterCloseCallback', conn, called, None, None)
for _ in range(2):
    ask('ConnectUnregisterCloseCallback', conn, called)
ask('ServerFree', server), ask('ServerFree', None)
ask('ConnectDaemonShutdown', conn, 4)
ask('ConnectClose', conn), ask('ConnectClose', None), ask('ConnectIsAlive', None)
