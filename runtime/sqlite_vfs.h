// A file system for SQLite whose write-ahead logs are written in larger pieces.
//
// SQLite writes its log page by page, and the head of each page by itself: two system calls for
// each page that a commit changes. Here, what lies right behind what was written before waits, and
// goes to the file as one piece: at the latest when something else is asked of the file, of which
// a commit's sync is the first. Other files are the default file system's own.
//
// REQUIRES: synchronous=FULL. Pages in the log are then looked at by nobody else before that sync.
#pragma once

namespace duban {

// Its name, for sqlite3_open_v2(). Files are opened by the file system that is the default then.
const char* gathering_vfs();

}  // namespace duban
