// For programs with GLib under AddressSanitizer: GLib keeps superseded tables of interned
// strings for ever, allocated before main, and stacks end at g_malloc, which has no frame
// pointer. The x265 encoder keeps a part of each encoder it had. Leaks of our own new and of
// OpenSSL are still found.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
  return "leak:g_malloc\nleak:libx265\n";
}
