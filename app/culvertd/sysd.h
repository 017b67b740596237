// Word to the service manager, when there is one (sd_notify(3)'s protocol).
#pragma once

// state: "READY=1", "RELOADING=1", "STOPPING=1". Does nothing without NOTIFY_SOCKET.
void sysd_notify(const char *state);
