using System.Buffers.Binary;

namespace Kappa.Fuzz.Targets;

/// <summary>Weights and checkpoints.</summary>
internal static class CheckpointTargets
{
    private const string Model = "model.safetensors", Optimizer = "optimizer.safetensors", State = "state.json";

    private static readonly Lazy<(byte[] Model, byte[] Optimizer, byte[] State)> Saved = new(Save);

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("safetensors", ReadContents)
        {
            Readers = ["SafeTensorsFile.Read", "SafeTensorsFile.Parse"], Refusals = [typeof(SafeTensorsException)], Form = Form.Text, Repair = FitHeader,
            Seeds = () => [("types", Types()), ("empty", Written([])), ("model", Saved.Value.Model)],
        },
        new("weights", ReadWeights)
        {
            Readers = ["StateDictExtensions.Load", "SafeTensorsImport.Load"], Refusals = [typeof(SafeTensorsException), typeof(StateMismatchException)],
            Form = Form.Text, Repair = FitHeader, Seeds = () => [("model", Saved.Value.Model), ("types", Types())],
        },
        Part("checkpoint-model", Model, FitHeader),
        Part("checkpoint-optimizer", Optimizer, FitHeader),
        Part("checkpoint-state", State, Seal.Renewed),
        new("sealed-json", ReadSealed)
        {
            Readers = ["SealedJson.Open", "SealedJson.Verify", "SealedJson.IsSealed"], Refusals = [typeof(JsonException)], Form = Form.Text,
            Repair = Seal.Renewed,
            Seeds = () => [("object", SealedJson.Seal(new JsonObject { ["a"] = 1.5, ["b"] = new JsonArray("x", null, true), ["sha256x"] = "y" }))],
        },
    ];

    /// <summary>A model of a few weights, as all checkpoints here are of.</summary>
    internal static Sequential NewModel() => new(new Linear(2, 3), new ReLU(), new Linear(3, 2));

    /// <summary>The length in front of the header as it is now.</summary>
    private static byte[] FitHeader(byte[] bytes)
    {
        // The data begins where the last of the header's brackets is closed, and padding ends.
        int end = Encoding.Latin1.GetString(bytes).LastIndexOf("}}", StringComparison.Ordinal) + 2;
        while (end > 1 && end < bytes.Length && bytes[end] == ' ')
            end++;
        if (bytes.Length < 8 || end < 9)
            return bytes;
        byte[] fitted = [.. bytes];
        BinaryPrimitives.WriteInt64LittleEndian(fitted, end - 8);
        return fitted;
    }

    private static FuzzTarget Part(string name, string file, Func<byte[], byte[]> repair) => new(name, input => ReadCheckpoint(input, file))
    {
        Readers = ["Checkpoint.Load", "Checkpoint.LoadLatest", "Checkpoint.ReadExtra"],
        // Of another model, or of another kind of optimizer.
        Refusals = [typeof(CheckpointException), typeof(StateMismatchException), typeof(ArgumentException)],
        Form = Form.Text, Repair = repair,
        Seeds = () => [("saved", file switch { Model => Saved.Value.Model, Optimizer => Saved.Value.Optimizer, _ => Saved.Value.State })],
    };

    private static string ReadContents(FuzzInput input)
    {
        string path = input.File;
        var contents = SafeTensorsFile.Read(path);
        var parsed = SafeTensorsFile.Parse(input.Bytes);
        byte[] first = Written(contents.Entries, contents.Metadata), second = Written(parsed.Entries, parsed.Metadata);
        UnfaithfulException.Require("the file and its bytes", first, second);
        var again = SafeTensorsFile.Parse(first);
        UnfaithfulException.Require("a second writing", first, Written(again.Entries, again.Metadata));
        foreach (var entry in contents.Entries)
            UnfaithfulException.Require(entry.Name, entry.Bytes, again[entry.Name].Bytes);
        return string.Join(' ', contents.Entries.Select(entry => $"{entry.Type}{entry.Shape.Length}").Distinct().Order());
    }

    private static string ReadWeights(FuzzInput input)
    {
        string path = input.File;
        var state = StateDict.Load(path);
        var model = NewModel();
        var report = SafeTensorsImport.Load(path, model, new ImportOptions { Match = ImportMatch.NameElseShape });
        string written = input.Beside("written.safetensors");
        SafeTensorsImport.Save(written, model, report);
        var again = NewModel();
        _ = SafeTensorsImport.Load(written, again, new ImportOptions { Match = ImportMatch.NameElseShape });
        UnfaithfulException.Require("the weights", Bytes(model), Bytes(again));
        return $"{state.Count()} {report.Match}";
    }

    private static string ReadCheckpoint(FuzzInput input, string file)
    {
        string folder = Checkpoint.FolderOf(input.Folder, 3);
        _ = Directory.CreateDirectory(folder);
        var (model, optimizer, state) = Saved.Value;
        (string Name, byte[] Bytes)[] files = [(Model, file == Model ? input.Bytes : model), (Optimizer, file == Optimizer ? input.Bytes : optimizer)];
        foreach (var (name, bytes) in files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        File.WriteAllBytes(Path.Combine(folder, State), file == State ? input.Bytes : Listing(state, files));
        var (network, adam) = New();
        var extra = Checkpoint.ReadExtra(input.Folder);
        var loaded = Checkpoint.LoadLatest(input.Folder, network, adam)!;
        string second = Path.Combine(input.Folder, "again");
        _ = Checkpoint.Save(second, loaded.Step, network, adam, loaded.Generator, loaded.Extra);
        var (copy, other) = New();
        var reread = Checkpoint.LoadLatest(second, copy, other)!;
        UnfaithfulException.Require("the model", Bytes(network), Bytes(copy));
        UnfaithfulException.Require("the state", Text(loaded), Text(reread));
        return $"{extra?.ValueKind}";

        static string Text(Checkpoint one) => $"{one.Step} {one.Generator} {(one.Extra is { } extra ? JsonSerializer.Serialize(extra) : "")}";
    }

    private static string ReadSealed(FuzzInput input)
    {
        bool isSealed = SealedJson.IsSealed(input.Bytes);
        var value = SealedJson.Open(input.Bytes);
        SealedJson.Verify(input.Bytes);
        if (!isSealed)
            throw new UnfaithfulException("it is opened, and said not to be sealed");
        UnfaithfulException.Require("the fields", value.ToJsonString(), SealedJson.Open(SealedJson.Seal(value)).ToJsonString());
        return $"{value.Count}";
    }

    /// <summary>The state with the sizes and hashes of the files that it lies beside.</summary>
    private static byte[] Listing(byte[] state, (string Name, byte[] Bytes)[] files)
    {
        var json = SealedJson.Open(state);
        foreach (var (name, bytes) in files)
        {
            json["files"]![name] = new JsonObject
            {
                ["bytes"] = bytes.Length, ["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)),
            };
        }
        return SealedJson.Seal(json);
    }

    private static (byte[] Model, byte[] Optimizer, byte[] State) Save()
    {
        using var folder = new TemporaryFolder();
        var (model, optimizer) = New();
        using (TensorScope.Begin())
        {
            Loss.CrossEntropy(model.Forward(Tensor.From([0.5f, -1f], [1, 2])), Tensor.From([1], [1])).Backward();
            optimizer.Step();
        }
        string saved = Checkpoint.Save(folder.FullPath, 3, model, optimizer, new Philox(1).State, JsonSerializer.SerializeToElement(new { epoch = 2 }));
        byte[] Of(string name) => File.ReadAllBytes(Path.Combine(saved, name));
        return (Of(Model), Of(Optimizer), Of(State));
    }

    private static (Sequential Model, AdamW Optimizer) New()
    {
        var model = NewModel();
        _ = model.Initialize(new Philox(0));
        return (model, new AdamW(model.Parameters(), learningRate: 1e-3));
    }

    private static byte[] Types() => Written(
    [
        SafeTensorsEntry.Create<float>("0.weight", [3, 2], new float[] { 1, 2, 3, 4, 5, 6 }), SafeTensorsEntry.Create<double>("d", [], new double[] { 7 }),
        SafeTensorsEntry.Create<long>("l", [2], new long[] { -1, 1 }), new SafeTensorsEntry("h", SafeTensorsType.BF16, [2], new byte[] { 1, 2, 3, 4 }),
        new SafeTensorsEntry("f8", SafeTensorsType.F8_E4M3, [0, 5], new byte[0]), new SafeTensorsEntry("b", SafeTensorsType.BOOL, [3], new byte[] { 0, 1, 1 }),
    ], new Dictionary<string, string> { ["format"] = "pt" });

    private static byte[] Written(IReadOnlyList<SafeTensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        SafeTensorsFile.Write(stream, entries, metadata);
        return stream.ToArray();
    }

    private static byte[] Bytes(Module model)
    {
        using var folder = new TemporaryFolder();
        model.StateDict().Save(folder["model"]);
        return File.ReadAllBytes(folder["model"]);
    }
}
