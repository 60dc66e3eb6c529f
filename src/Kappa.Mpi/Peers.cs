using System.Globalization;
using System.Text;

namespace Kappa.Mpi;

/// <summary>Which process each rank is, so that one that is gone is noticed: by those on its machine, within <see cref="LookMilliseconds"/>.</summary>
/// <remarks>Linux alone tells; elsewhere, and of other machines, mpirun ends the job.</remarks>
internal sealed class Peers
{
    /// <summary>Between two looks.</summary>
    internal const int LookMilliseconds = 200;

    private readonly (string Machine, int Process, string Begun)[] _all;
    private readonly int _own;

    private Peers((string Machine, int Process, string Begun)[] all, int own)
    {
        (_all, _own) = (all, own);
        OnThisMachine = all.Count(peer => peer.Machine == all[own].Machine);
        AreCrowded = OnThisMachine > Environment.ProcessorCount;
    }

    /// <summary>What a process tells of itself.</summary>
    internal static byte[] Describe() => Encoding.UTF8.GetBytes(string.Join('\n', Machine(), Id(Environment.ProcessId), Begun(Environment.ProcessId) ?? ""));

    /// <summary>Takes what all processes tell.</summary>
    internal static Peers Read(byte[][] descriptions, int own) => new(
        [.. descriptions.Select(bytes => Encoding.UTF8.GetString(bytes).Split('\n'))
            .Select(parts => (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]))],
        own);

    /// <summary>How many of them are on this machine.</summary>
    internal int OnThisMachine { get; }

    /// <summary>Whether there are more of them here than processors that this process may use.</summary>
    internal bool AreCrowded { get; }

    /// <summary>The process of a rank, for messages.</summary>
    internal int ProcessOf(int rank) => _all[rank].Process;

    /// <summary>What there is to say of a rank that is gone.</summary>
    internal string LastWordsOf(int rank) => $"its process {ProcessOf(rank)} ended without a word: killed, or out of memory? All processes of the job stop";

    /// <summary>Ranks on this machine whose process is gone.</summary>
    internal IEnumerable<int> Gone()
    {
        for (int rank = 0; rank < _all.Length; rank++)
        {
            var (machine, process, begun) = _all[rank];
            if (rank != _own && begun.Length > 0 && machine == _all[_own].Machine && Begun(process) != begun)
                yield return rank;
        }
    }

    /// <summary>The machine, with its name space of processes: numbers mean something within one alone.</summary>
    private static string Machine()
    {
        string space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        return $"{Environment.MachineName} {space} {ReadText("/proc/sys/kernel/random/boot_id")}";
    }

    /// <summary>When a process began, in the kernel's ticks; null where there is none, or it is dead and only not yet waited for.</summary>
    private static string? Begun(int process)
    {
        // After the name, which is in parentheses and may hold anything: the state, and as the 20th field the start.
        string text = ReadText($"/proc/{Id(process)}/stat");
        string[] fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && fields[0] is not ("Z" or "X") ? fields[19] : null;
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Id(int process) => process.ToString(CultureInfo.InvariantCulture);
}
