using System.CommandLine;
using Kappa.Lab.Results;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa results</c>.</summary>
internal static class ResultsCommand
{
    internal static Command Create(CommandContext context) => new(
        "results",
        "Keeps the results that the pages of a checkout are made from true to the code: what a run found is taken over, and checked.\n\n"
        + "Examples:\n"
        + "  kappa results check\n"
        + "  kappa results take runs/dopr-flow-1\n"
        + "  kappa results pages\n"
        + "  kappa results note \"Only names changed: every test of the same bits passed.\"")
    {
        Check(context), Take(context), Pages(context), Note(context),
    };

    private static Command Check(CommandContext context)
    {
        var root = Root();
        return new Command(
            "check",
            "Lists the results, and what is wrong with each: a page that says something else, other settings than the command's, code that has changed since."
            + "\n\nExamples:\n"
            + "  kappa results check")
        {
            root, new JsonOption(),
        }.Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            var results = Open(context, parsed.GetValue(root));
            bool isGood = true;
            var rows = new List<string[]>();
            foreach (string name in results.Names)
            {
                cancellation.ThrowIfCancellationRequested();
                var faults = results.FaultsOf(name);
                isGood &= faults.Count == 0;
                context.Output.WriteLine($"{(faults.Count == 0 ? "holds" : "STALE")}  {name}  ({results.CommandOf(name)})");
                foreach (string fault in faults)
                    context.Output.WriteLine($"       {fault}");
                rows.Add([name, results.CommandOf(name), string.Join("; ", faults)]);
            }
            foreach (string fault in results.QuoteFaults())
            {
                context.Output.WriteLine($"STALE  {fault}");
                isGood = false;
            }
            context.Record("results", new FindingTable(["result", "command", "faults"], rows));
            if (isGood)
                return ExitCode.Done;
            context.Output.WriteLine(
                "\nRun the command, then kappa results take <its folder>; or, where a change cannot move the numbers, kappa results note \"why\".");
            return ExitCode.Failed;
        }));
    }

    private static Command Take(CommandContext context)
    {
        var root = Root();
        var folder = new Argument<string>("folder") { Description = "A finished run of kappa reproduce, or of kappa compare with a config of experiments/." };
        var name = Options.Text(
            "--as", "name", "What to call it, for a run of kappa reproduce whose settings were changed. Default: the experiment, or compare/ and the config.");
        return new Command(
            "take",
            "Takes over what a finished run found, and makes the pages anew that have a place for it.\n\n"
            + "Examples:\n"
            + "  kappa results take runs/dopr-flow-1\n"
            + "  kappa results take runs/shuffles --as isometry/label-shuffles-200")
        {
            folder, name, root,
        }.Does(parsed =>
        {
            var (result, pages) = Open(context, parsed.GetValue(root)).Take(parsed.GetValue(folder)!, parsed.GetValue(name));
            context.Output.WriteLine($"results/{result}.json; {(pages.Count == 0 ? "no page has a place for it" : string.Join(", ", pages))}");
            return ExitCode.Done;
        });
    }

    private static Command Pages(CommandContext context)
    {
        var root = Root();
        return new Command(
            "pages",
            "Makes the pages anew from the results as they are, such as those that benchmarks have written with --save.\n\n"
            + "Examples:\n"
            + "  kappa results pages")
        {
            root,
        }.Does(parsed =>
        {
            var results = Open(context, parsed.GetValue(root));
            foreach (string page in results.Names.SelectMany(results.Renew).Distinct().Order(StringComparer.Ordinal))
                context.Output.WriteLine(page);
            return ExitCode.Done;
        });
    }

    private static Command Note(CommandContext context)
    {
        var root = Root();
        var because = new Argument<string>("because") { Description = "Why the results hold with the code as it is." };
        return new Command(
            "note",
            "Notes that all results hold with the code as it is, and why.\n\n"
            + "Examples:\n"
            + "  kappa results note \"Only names changed: every test of the same bits passed.\"")
        {
            because, root,
        }.Does(parsed =>
        {
            Open(context, parsed.GetValue(root)).Note(parsed.GetValue(because)!);
            return ExitCode.Done;
        });
    }

    private static Option<string?> Root() => Options.Text("--root", "folder", "The checkout. Default: that of the current folder.");

    private static CommittedResults Open(CommandContext context, string? root) => new(root ?? Environment.CurrentDirectory, context.Choices);
}
