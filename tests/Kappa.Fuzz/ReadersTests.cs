using System.Reflection;

namespace Kappa.Fuzz;

/// <summary>No reader of strangers' bytes is forgotten: neither a member that anybody can call, nor a place where the library opens a file.</summary>
public sealed class ReadersTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Libraries =
    [
        typeof(Tensor).Assembly, typeof(Table).Assembly, typeof(OnnxModel).Assembly, typeof(TorchSharp.DoPr).Assembly, typeof(RunManifest).Assembly,
    ];

    [Fact]
    public void Every_public_reader_has_a_target() => Faults.RequireNone(
        PublicReaders().Except(Covered()).Except(ReaderTable.Others.Keys)
            .Select(name => $"{name}: it takes a path, text or bytes; expected a target of tests/Kappa.Fuzz that names it among its Readers, or a line in "
                + $"{nameof(ReaderTable)}.{nameof(ReaderTable.Others)} that says why not"));

    [Fact]
    public void The_tables_name_what_is_there() => Faults.RequireNone(
        ReaderTable.Others.Keys.Except(PublicReaders()).Select(name => $"{name}: there is no such public member any more")
            .Concat(ReaderTable.Others.Keys.Intersect(Covered()).Select(name => $"{name}: a target reads it"))
            .Concat(Covered().Where(name => !Libraries.SelectMany(library => library.GetTypes()).Any(type => Has(type, name)))
                .Select(name => $"{name}: a target names it, and there is no such member"))
            .Concat(ReaderTable.Files.Keys.Except(OpeningFiles()).Select(file => $"{file}: it opens no file any more")));

    [Fact]
    public void Every_place_that_opens_a_file_is_known() => Faults.RequireNone(
        OpeningFiles().Except(ReaderTable.Files.Keys)
            .Select(file => $"{file}: it opens or parses a file; expected a line in {nameof(ReaderTable)}.{nameof(ReaderTable.Files)} that names the target"));

    [Fact]
    public void Files_are_of_targets_that_exist() => Faults.RequireNone(
        ReaderTable.Files.Where(one => !one.Value.StartsWith(ReaderTable.NoTarget, StringComparison.Ordinal))
            .SelectMany(one => one.Value.Split(' ').Where(name => TargetTable.All.All(target => target.Name != name))
                .Select(name => $"{one.Key}: no target {name}")));

    private static HashSet<string> Covered() => [.. TargetTable.All.SelectMany(target => target.Readers)];

    private static bool Has(Type type, string name) =>
        name.StartsWith(type.Name + ".", StringComparison.Ordinal)
        && type.GetMembers(Own | BindingFlags.NonPublic).Any(member => $"{type.Name}.{member.Name}" == name);

    /// <summary>Public methods and constructors that take bytes, a stream, JSON, or a text that is called a path or the like.</summary>
    private static HashSet<string> PublicReaders() =>
    [
        .. from library in Libraries
           from type in library.GetExportedTypes()
           where !type.IsSubclassOf(typeof(Exception))
           from member in type.GetMembers(Own).OfType<MethodBase>()
           where !member.IsSpecialName || member.IsConstructor
           where member.GetParameters().Any(IsForeign)
           select $"{NameOf(type)}.{member.Name}",
    ];

    private static string NameOf(Type type) => type.Name.Split('`')[0] is ['<', ..] ? NameOf(type.DeclaringType!) : type.Name.Split('`')[0];

    private static bool IsForeign(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return type == typeof(byte[]) || type == typeof(ReadOnlySpan<byte>) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(JsonElement)
            || type == typeof(JsonObject) || typeof(Stream).IsAssignableFrom(type) || type == typeof(BinaryReader)
            || (type == typeof(string) && ReaderTable.ForeignNames.Any(name => parameter.Name!.EndsWith(name, StringComparison.OrdinalIgnoreCase)));
    }

    private static HashSet<string> OpeningFiles()
    {
        string root = Path.GetFullPath(Path.Combine(CorpusFolder.Project, "..", "..", "src"));
        return
        [
            .. from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
               let path = Path.GetRelativePath(root, file).Replace('\\', '/')
               where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
               let text = File.ReadAllText(file)
               where ReaderTable.Openings.Any(opening => text.Contains(opening, StringComparison.Ordinal))
               select path,
        ];
    }
}
