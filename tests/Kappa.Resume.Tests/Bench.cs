namespace Kappa.Resume.Tests;

/// <summary>A place where one run at a time is made: a folder that holds the run's and nothing else.</summary>
internal sealed class Bench
{
    private readonly string _root;
    private readonly OperationsLibrary _library;
    private int _logs;

    internal Bench(string root, OperationsLibrary library)
    {
        (_root, _library) = (root, library);
        _ = Directory.CreateDirectory(Box);
    }

    /// <summary>The folder that holds the run's; everything in it is watched.</summary>
    internal string Box => Path.Combine(_root, "box");

    /// <summary>The run's folder.</summary>
    internal string Run => Path.Combine(Box, "run");

    /// <summary>The run's folder as a user types it, from the current folder.</summary>
    internal const string RunArgument = "box/run";

    /// <summary>Whether there is a run that could be continued.</summary>
    internal bool HoldsRun => File.Exists(Path.Combine(Run, "run.json"));

    /// <summary>What is there now.</summary>
    internal Fingerprint Look() => Fingerprint.Of(Box);

    /// <summary>Takes away what is there, and puts an image in its place; null leaves it empty.</summary>
    internal void Restore(string? image)
    {
        if (Directory.Exists(Box))
            Directory.Delete(Box, recursive: true);
        _ = Directory.CreateDirectory(Box);
        if (image is not null)
            Copy(image, Box);
    }

    /// <summary>Keeps what is there as an image.</summary>
    internal void SaveTo(string image)
    {
        if (Directory.Exists(image))
            Directory.Delete(image, recursive: true);
        Copy(Box, image);
    }

    /// <summary>Runs the command to its end.</summary>
    internal Outcome Execute(IEnumerable<string> arguments)
    {
        using var command = Begin(arguments);
        return command.Finish();
    }

    /// <summary>Starts the command.</summary>
    internal Command Begin(IEnumerable<string> arguments) => Command.Start(_root, [], arguments);

    /// <summary>Runs the command to its end or until it is killed.</summary>
    /// <returns>How it ended, and its calls: all of them, or that at which it was killed.</returns>
    internal (Outcome Outcome, IReadOnlyList<Operation> Operations) Watch(IEnumerable<string> arguments, Intervention intervention, params string[] under)
    {
        using var command = Begin(arguments, intervention, out string log, under);
        var outcome = command.Finish();
        var operations = OperationsLibrary.Read(log, Box);
        File.Delete(log);
        return (outcome, operations);
    }

    /// <summary>Starts the command, watched.</summary>
    internal Command Begin(IEnumerable<string> arguments, Intervention intervention, out string log, params string[] under)
    {
        log = Path.Combine(_root, $"operations-{Interlocked.Increment(ref _logs)}.log");
        File.Delete(log);
        return Command.Start(_root, _library.Environment(Box, log, intervention), arguments, under);
    }

    /// <summary>A file beside the watched folder.</summary>
    internal string Beside(string name) => Path.Combine(_root, name);

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            _ = Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
