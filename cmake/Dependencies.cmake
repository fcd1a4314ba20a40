# What the library is built of. DrachtioDialogConfig.cmake.in asks for the same when the static
# library is used, and drachtio-dialog.pc.in names the same: change the three together.

find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS json)
find_package(OpenSSL REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED CONFIG)
find_package(Threads REQUIRED)
pkg_check_modules(OSIP2 REQUIRED IMPORTED_TARGET libosip2)

set(DRACHTIO_PUBLIC_LIBRARIES Boost::headers)
set(DRACHTIO_PRIVATE_LIBRARIES
  SQLiteCpp SQLite::SQLite3 PkgConfig::OSIP2 Boost::json OpenSSL::SSL OpenSSL::Crypto
  Threads::Threads)
