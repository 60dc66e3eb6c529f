namespace Kappa.Lab.Watching;

/// <summary>Finds the runs below a folder, and what commands found.</summary>
/// <param name="folder">The folder.</param>
/// <param name="look">Looks at each.</param>
internal sealed class RunFinder(ShownFolder folder, RunLook look)
{
    private const int MostFolders = 5000;
    private const int Deepest = 8;

    // What a run has in it of these, has reports of its own.
    private static readonly string[] Findings = ["probe", "diagnosis"];

    /// <summary>All of them, the last begun first; and whether there were too many folders to look at all.</summary>
    internal (IReadOnlyList<RunView> Runs, bool IsCut) All()
    {
        var runs = new List<RunView>();
        var open = new Queue<(string Place, int Depth)>([("", 0)]);
        int looked = 0;
        for (; open.Count > 0 && looked < MostFolders; looked++)
        {
            var (place, depth) = open.Dequeue();
            if (folder.Find(place) is not { } path)
                continue;
            bool isRun = false;
            if (look.At(path, place) is { } run)
            {
                runs.Add(run);
                isRun = true;
            }
            foreach (string name in depth < Deepest ? FoldersIn(path) : [])
            {
                if (!isRun || Findings.Contains(name) || !RunPaths.IsOfRun(name))
                    open.Enqueue((place.Length == 0 ? name : $"{place}/{name}", depth + 1));
            }
        }
        return ([.. runs.OrderByDescending(run => run.Begun).ThenBy(run => run.Place, StringComparer.Ordinal)], open.Count > 0);
    }

    private static string[] FoldersIn(string path)
    {
        try
        {
            return [.. ShownFolder.FoldersIn(path).Select(one => Path.GetFileName(one))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It may not be read, or was removed at this moment.
            return [];
        }
    }
}
