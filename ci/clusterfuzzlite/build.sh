#!/usr/bin/env bash
# As OSS-Fuzz builds it.
exec "${SRC:?}/syncspec/ci/oss-fuzz/build.sh"
