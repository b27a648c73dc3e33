// The project `duban init` writes: a vocabulary, a policy with its scenarios, a calendar, a feed.
#pragma once

#include <string>
#include <vector>

#include "engine/source.h"

namespace duban::cli {

struct StarterFile {
  std::string path;
  std::string text;
};

std::vector<StarterFile> starter_files(Language language);

}  // namespace duban::cli
