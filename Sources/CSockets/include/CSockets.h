#ifndef TAPEDECK_CSOCKETS_H
#define TAPEDECK_CSOCKETS_H

#include <stdint.h>

// Only <stdint.h> here: a header that brings socket types along collides with Swift's Glibc module.

#endif
