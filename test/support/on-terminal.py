"""Runs a program with some of its streams on a new terminal, and prints as JSON what came of it.

usage: on-terminal.py <columns> <streams: of i, o, e> <program> [arguments]
"""
import fcntl, json, os, pty, struct, subprocess, sys, termios, threading

columns, streams, *command = sys.argv[1:]
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(columns), 0, 0))
pipe = subprocess.PIPE
child = subprocess.Popen(
    command,
    stdin=slave if 'i' in streams else subprocess.DEVNULL,
    stdout=slave if 'o' in streams else pipe,
    stderr=slave if 'e' in streams else pipe,
    start_new_session=True,
)
os.close(slave)
read = {}


def collect(name, stream):
    chunks = []
    while True:
        try:
            chunk = os.read(stream, 65536)
        except OSError:  # Linux says so of a terminal that nobody has open.
            break
        if not chunk:
            break
        chunks.append(chunk)
    read[name] = b''.join(chunks).decode(errors='replace')


ends = {'terminal': master}
if child.stdout:
    ends['stdout'] = child.stdout.fileno()
if child.stderr:
    ends['stderr'] = child.stderr.fileno()
threads = [threading.Thread(target=collect, args=end) for end in ends.items()]
for thread in threads:
    thread.start()
code = child.wait()
for thread in threads:
    thread.join()
print(json.dumps({'code': code, 'stdout': '', 'stderr': '', **read}))
