# `cmake --install`: headers, both libraries, programs, and the files by which find_package and
# pkg-config find them. The shared library needs little of its user, so it is what
# find_package(DrachtioDialog) gives; the static one comes with COMPONENTS static.

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/DrachtioDialog)

install(DIRECTORY include/drachtio DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN *.hpp)
install(TARGETS drachtio-dialog EXPORT shared)
install(TARGETS drachtio-dialog-static EXPORT static)
install(TARGETS ${DRACHTIO_PROGRAMS})
foreach(kind IN ITEMS shared static)
  install(EXPORT ${kind} DESTINATION ${package} NAMESPACE DrachtioDialog::
    FILE DrachtioDialog-${kind}.cmake)
endforeach()

configure_package_config_file(cmake/DrachtioDialogConfig.cmake.in DrachtioDialogConfig.cmake
  INSTALL_DESTINATION ${package})
write_basic_package_version_file(DrachtioDialogConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/DrachtioDialogConfig.cmake
  ${PROJECT_BINARY_DIR}/DrachtioDialogConfigVersion.cmake DESTINATION ${package})

# The .pc file finds its prefix from where it lies, so that an installed tree can be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
  BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE pc_prefix)
configure_file(cmake/drachtio-dialog.pc.in drachtio-dialog.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/drachtio-dialog.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
