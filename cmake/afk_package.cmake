# The Debian package: cmake --build build/release --target package. deploy/README.md says how it is used.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME afk)
set(CPACK_PACKAGE_CONTACT "afk maintainers <afk@localhost>")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "git, ca-certificates")
# What only agents on this machine, or the unit, need.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "bubblewrap, systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/deploy/debian/conffiles"
  "${PROJECT_SOURCE_DIR}/deploy/debian/postinst" "${PROJECT_SOURCE_DIR}/deploy/debian/postrm"
  "${PROJECT_SOURCE_DIR}/deploy/debian/prerm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_COMPONENTS_ALL Unspecified debian)

# What the package has besides `cmake --install`: a configuration, disarmed, and the units.
install(FILES config/afk.toml DESTINATION /etc/afk COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES deploy/README.md DESTINATION /usr/share/doc/afk RENAME operator.md COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES deploy/systemd/afk.service deploy/systemd/afk.timer DESTINATION /usr/lib/systemd/system
  COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES deploy/systemd/sysusers.conf DESTINATION /usr/lib/sysusers.d RENAME afk.conf
  COMPONENT debian EXCLUDE_FROM_ALL)
include(CPack)
