#include "runtime/stored_plans.h"

#include <algorithm>

#include "engine/digest.h"
#include "engine/layout.h"

namespace duban {

Result<std::shared_ptr<const Plan>> compile_again(const std::vector<StoredDeployment>& all,
                                                  size_t index) {
  const StoredDeployment& deployment = all[index];
  const std::string place = "version " + std::to_string(deployment.version);
  CompileInput input = deployment.input;
  std::optional<Layout> previous;
  if (index > 0) {
    previous = decode_layout(all[index - 1].layout);
    if (!previous) {
      return Error{"the stored layout cannot be read", place, "restore a backup",
                   "存储的数据布局无法读取", "请恢复备份"};
    }
    input.previous = &*previous;
  }
  const Compilation compilation = compile(input);
  if (compilation.plan == nullptr) {
    std::string why = "does not compile any more", why_chinese = "规则已无法编译";
    for (const Diagnostic& d : compilation.diagnostics) {
      if (d.severity != Severity::error) continue;
      why += ": " + d.english;
      why_chinese += "：" + d.chinese;
      break;
    }
    return Error{why, place, "use the program that deployed it", why_chinese, "请用部署该版的程序"};
  }
  if (compilation.plan->digest.to_hex() != deployment.digest) {
    return Error{"compiles to something else than what was deployed", place,
                 "use the program that deployed it", "编译结果与当时部署的不同",
                 "请用部署该版的程序"};
  }
  return compilation.plan;
}

std::string sources_digest(const CompileInput& input) {
  std::vector<const DeploymentFile*> files;
  for (const DeploymentFile& file : input.files) files.push_back(&file);
  std::sort(files.begin(), files.end(), [](const auto* a, const auto* b) { return *a < *b; });
  DigestBuilder digest;
  for (const DeploymentFile* file : files) digest.add("file").add(file->path).add(file->text);
  for (const auto& [name, value] : input.parameters) digest.add("parameter").add(name).add(value);
  return digest.finish().to_hex();
}

}  // namespace duban
