# What `./dev package` puts into the .deb and the .tar.gz: the program, its licence, its documents.
include(GNUInstallDirs)
if(TARGET culprit)
  install(TARGETS culprit RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
# Beside the program's own prefix, where it looks (experiment/shim.h), not in the linker's folder.
if(TARGET culprit-shim)
  install(TARGETS culprit-shim LIBRARY DESTINATION lib/culprit)
endif()
install(FILES README.md CHANGELOG.md LICENSE packaging/copyright OPTIONAL
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL FILES_MATCHING PATTERN "*.md")

set(CPACK_PACKAGE_NAME culprit)
set(CPACK_PACKAGE_VENDOR "the culprit authors")
set(CPACK_PACKAGE_CONTACT "the culprit authors <authors@culprit.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "names the cause of a production failure from its evidence")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "culprit reads logs, deploys and a git history, and answers when a failure\n\
began, whom it concerns, what changed and what the logs show at that instant.\n\
It needs no server, no account and no configuration.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)   # time zones are read where the system keeps them
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
  "git, libcurl4, libfaketime")  # the second when a Prometheus is asked, the third for `clock`
include(CPack)
