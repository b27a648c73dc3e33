#include <memory>

#include "cli/listing.h"
#include "cli/options.h"

namespace duban::cli {

void add_versions(CLI::App& app, Session& session) {
  auto db = std::make_shared<std::string>();
  CLI::App* command = add_command(app, session, "versions", "The deployments of a database.",
                                  "列出数据库的各次部署。");
  add_database(*command, session, *db);
  add_format(*command, session, true);
  add_examples(*command, session,
               {{"versions --db work.db", "which rules were in force, and since when",
                 "何时启用了哪一版规则"},
                {"versions --db work.db --format json", "for a program", "供程序使用"}});
  command->callback([&session, db] {
    session.action = [&session, db] {
      ListingFilter filter;
      filter.what = "versions";
      return write_listing(session, *db, filter);
    };
  });
}

}  // namespace duban::cli
