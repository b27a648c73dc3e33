# Writes OUT: the pages of FOLDER as one array of C++. Run by the build.
file(GLOB pages ${FOLDER}/[EW][0-9][0-9][0-9].md)
list(SORT pages)
set(rows "")
foreach(page IN LISTS pages)
  get_filename_component(code "${page}" NAME_WE)
  file(READ "${page}" text)
  string(APPEND rows "    {\"${code}\", R\"page(${text})page\"},\n")
endforeach()
file(WRITE "${OUT}" "#include \"cli/reference.h\"

namespace duban::cli {

const std::vector<ReferencePage>& reference_pages() {
  static const std::vector<ReferencePage> pages{
${rows}  };
  return pages;
}

}  // namespace duban::cli
")
