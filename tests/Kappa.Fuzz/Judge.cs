using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Kappa.Fuzz;

/// <summary>Gives inputs to a reader, and tells a refusal from a fault.</summary>
internal sealed partial class Judge : IDisposable
{
    private const int Frames = 3;
    private const int MostWords = 12;

    private readonly FuzzTarget _target;
    private readonly TemporaryFolder _folder = new();

    internal Judge(FuzzTarget target) => _target = target;

    /// <summary>Reads an input.</summary>
    internal Verdict Of(byte[] bytes)
    {
        long before = GC.GetTotalAllocatedBytes();
        var (fault, behaviour, wasRead) = Read(bytes);
        long allocated = GC.GetTotalAllocatedBytes() - before, most = _target.MostAllocated(bytes.Length);
        fault ??= allocated > most ? $"{allocated:N0} bytes were allocated for an input of {bytes.Length:N0}; expected at most {most:N0}" : null;
        return new Verdict(fault, behaviour, wasRead, allocated);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private (string? Fault, string Behaviour, bool WasRead) Read(byte[] bytes)
    {
        string folder = Directory.CreateDirectory(_folder["input"]).FullName;
        try
        {
            using var scope = TensorScope.Begin();
            return (null, $"read: {_target.Read(new FuzzInput(bytes, folder, _target.FileName))}", true);
        }
        catch (Exception error)
        {
            var refusal = PublicTypeOf(error);
            bool isRefused = _target.Refusals.Contains(refusal);
            string? fault = !isRefused ? $"it let {error.GetType().Name} out: {error}"
                : string.IsNullOrWhiteSpace(error.Message) ? $"its {error.GetType().Name} says nothing" : null;
            return (fault, $"{Place(error)} {Kind(error.Message.Replace(folder, "", StringComparison.Ordinal))}", false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The class that a caller can name: some of the system's are of hidden classes below it.</summary>
    private static Type PublicTypeOf(Exception error)
    {
        var type = error.GetType();
        while (!type.IsVisible)
            type = type.BaseType!;
        return type;
    }

    /// <summary>A message without what differs between inputs: numbers, and what is quoted from them.</summary>
    private static string Kind(string message) =>
        string.Join(' ', Words().Matches(Quoted().Replace(message, "")).Select(match => match.Value).Take(MostWords));

    /// <summary>The class of an exception and the places that it was thrown from, of its cause too.</summary>
    private static string Place(Exception error)
    {
        var frames = new StackTrace(error).GetFrames().Take(Frames).Select(frame => $"{frame.GetMethod()?.DeclaringType?.Name}+{frame.GetILOffset()}");
        return $"{error.GetType().Name} {string.Join(' ', frames)}{(error.InnerException is { } inner ? $" < {Place(inner)}" : "")}";
    }

    [GeneratedRegex("""
        "[^"]*"|'[^']*'|[-+0-9.,]+|\[.*\]
        """, RegexOptions.Singleline)]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<![^ ])[a-z]{2,12}(?![^ .,:;])")]
    private static partial Regex Words();
}
