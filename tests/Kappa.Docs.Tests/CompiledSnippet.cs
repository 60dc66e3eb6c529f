using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kappa.Docs.Tests;

/// <summary>A snippet as a program: its lines are the body of a method that sees what is given.</summary>
internal static class CompiledSnippet
{
    private static readonly string[] Assemblies = ["Kappa", "Kappa.Data", "Kappa.Onnx", "Kappa.Mpi", "Kappa.Mujoco", "Kappa.TorchSharp", "Kappa.Lab"];

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => path.EndsWith(".dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>The errors and warnings of a snippet; none where it compiles.</summary>
    internal static IReadOnlyList<string> FaultsOf(Snippet snippet) =>
        [.. Compile(snippet).GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.ToString())];

    /// <summary>Runs it in the current folder.</summary>
    internal static void Run(Snippet snippet)
    {
        using var stream = new MemoryStream();
        var emitted = Compile(snippet).Emit(stream);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        var method = Assembly.Load(stream.ToArray()).GetType("Program")!.GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic)!;
        try
        {
            _ = method.Invoke(null, null);
        }
        catch (TargetInvocationException error)
        {
            throw new InvalidOperationException($"{snippet.Page}:{snippet.Line}: {error.InnerException!.Message}", error.InnerException);
        }
    }

    private static CSharpCompilation Compile(Snippet snippet)
    {
        bool isTorch = snippet.Page is "docs/how-to/torchsharp.md" or "src/Kappa.TorchSharp/README.md";
        string[] usings = [.. snippet.Code.Split('\n')
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && line.IndexOfAny(['=', '(']) < 0)];
        // Types come behind the lines that use them, as in a program.
        string[] lines = [.. snippet.Code.Split('\n').Select(line => usings.Contains(line) ? "" : line)];
        int types = Array.FindIndex(lines, line => line.StartsWith("class ", StringComparison.Ordinal)) is var found && found < 0 ? lines.Length : found;
        string body = string.Join('\n', lines[..types]), own = string.Join('\n', lines[types..]);
        // Names that TorchSharp's package shares with the library are the package's there.
        var spaces = Assemblies.Select(Assembly.Load).SelectMany(assembly => assembly.GetExportedTypes()).Select(type => type.Namespace!).Distinct()
            .Where(space => isTorch ? space is not ("Kappa.Preconditioning" or "Kappa.Optimizers" or "Kappa.Isometry") : space != "Kappa.TorchSharp");
        string text = string.Join('\n',
        [
            "using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Threading;",
            .. spaces.Select(space => $"using {space};"),
            isTorch ? "using TorchSharp;" : "",
            .. usings,
            "using static Given;",
            $"static class Given {{ {(isTorch ? "" : Given.Common)}",
            $"{Given.For(snippet)} }}",
            $"static class Program {{ static void Run() {{\n#line {snippet.Line + 1}\n{body}\n}} }}",
            $"#line {snippet.Line + 1 + types}\n{own}",
        ]);
        return CSharpCompilation.Create(
            $"Snippet{snippet.Line}", [CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), snippet.Page)], References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }
}
