using System.Security.Cryptography;
using Kappa.Pieces;

namespace Kappa.Lab.Runs;

/// <summary>Compares what the processes of a job were started with, before they compute anything together.</summary>
internal static class ProcessAgreement
{
    /// <summary>Requires that all processes were started alike: the config, the version of Kappa, the vector instructions and the data.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="config">The config, every default spelt out.</param>
    /// <param name="data">What was read, by name or path, and the SHA-256 of each.</param>
    /// <exception cref="RunFolderException">One was started otherwise than most; the message names it.</exception>
    internal static void Require(IProcessGroup group, string config, IReadOnlyDictionary<string, string> data) => Require(
        group,
        [
            ("the config", config), ("the version of Kappa", CodeVersion.Current), ("the set of vector instructions", ComputeInstructions.Selected),
            ("the data", string.Join('\n', data.OrderBy(pair => pair.Key, StringComparer.Ordinal))),
        ]);

    /// <summary>Requires that all processes hold the same, by its hash.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="facts">What is compared, by a name for messages, in one order in every process.</param>
    /// <exception cref="RunFolderException">One holds something else than most; the message names both.</exception>
    internal static void Require(IProcessGroup group, IReadOnlyList<(string Name, string Value)> facts)
    {
        if (group.Size == 1)
            return;
        byte[] own = [.. facts.SelectMany(fact => SHA256.HashData(Encoding.UTF8.GetBytes(fact.Value)))];
        byte[][] all = group.Gather(own);
        for (int i = 0; i < facts.Count; i++)
        {
            string[] hashes = [.. all.Select(hashes => Convert.ToHexString(hashes.AsSpan(i * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes)))];
            string common = hashes.GroupBy(hash => hash).MaxBy(same => same.Count())!.Key;
            int[] odd = [.. Enumerable.Range(0, hashes.Length).Where(rank => hashes[rank] != common)];
            if (odd.Length == 0)
                continue;
            string most = hashes.Length == 2 ? "rank 0" : "most others";
            throw new RunFolderException(
                $"the processes of the job differ: {facts[i].Name} of rank {string.Join(", ", odd)} is not that of {most}. All have to be started with one "
                + "config and data, by one version of Kappa, on processors with the same vector instructions (DOTNET_EnableAVX512=0 lowers those of all)");
        }
    }
}
