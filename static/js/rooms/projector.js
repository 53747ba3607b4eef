// The wall of a room: live, in full screen, awake.

import "../full-screen.js";
import "../live.js";
import "./stale.js";
