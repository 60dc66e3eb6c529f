using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;

namespace Kappa.Tests.Checkpoints;

public sealed class SafeTensorsImportTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"kappa-import-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(_path);

    public static TheoryData<string, string, string> Renames => new()
    {
        { "fc1=0", "fc1.weight", "0.weight" },
        { "fc1=0", "fc10.weight", "" },
        { "fc1=0", "model.fc1.weight", "" },
        { "layers.*.attn=blocks.*.attention", "layers.12.attn.query.weight", "blocks.12.attention.query.weight" },
        { "a.*.b.*=*.c.*", "a.1.b.2.weight", "1.c.2.weight" },
        { "a.*=b", "a.1.weight", "b.weight" },
        { "model=", "model.fc1.weight", "fc1.weight" },
        { "=encoder", "fc1.weight", "encoder.fc1.weight" },
        { " fc1 = 0 ", "fc1.weight", "0.weight" },
        { "fc1.weight=0.bias", "fc1.weight", "0.bias" },
    };

    [Theory]
    [MemberData(nameof(Renames))]
    public void A_rule_changes_whole_parts_from_the_beginning_of_a_name(string rule, string name, string expected) =>
        Assert.Equal(expected, RenameRule.Parse(rule).Apply(name) ?? "");

    [Theory]
    [InlineData("fc1", "one equals sign")]
    [InlineData("a=b=c", "one equals sign")]
    [InlineData("a..b=c", "names, or * alone")]
    [InlineData("layer*=c", "names, or * alone")]
    [InlineData("a=*", "no more *")]
    public void A_malformed_rule_is_refused(string rule, string part)
    {
        Save(("a", [1], [1f]));
        Refused<ArgumentException>(new Linear(1, 1), new() { Rename = [rule] }, $"ImportOptions.Rename: \"{rule}\"", part);
    }

    [Fact]
    public void Names_are_mapped_and_the_report_says_how()
    {
        var model = Network();
        Save(("net.fc1.weight", [2, 3], Numbers(6)), ("net.fc1.bias", [2], [7, 8]), ("net.head.weight", [1, 2], [9, 10]), ("net.head.bias", [1], [11]));
        var report = SafeTensorsImport.Load(_path, model, new() { Rename = ["net.fc1=0", "net.head=2"] });
        Assert.Equal(Numbers(6), model.StateDict()["0.weight"].ToArray<float>());
        Assert.Equal([11f], model.StateDict()["2.bias"].ToArray<float>());
        Assert.Equal(
            $"""
            {_path}: 4 tensors loaded, by name
              net.fc1.weight  -> 0.weight  [2, 3]
              net.fc1.bias    -> 0.bias  [2]
              net.head.weight -> 2.weight  [1, 2]
              net.head.bias   -> 2.bias  [1]

            """, report.ToString());
        Assert.Empty(report.Kept.Concat(report.LeftOut));
    }

    [Fact]
    public void What_is_kept_and_left_out_is_named_in_the_report()
    {
        var model = Network();
        float[] head = model.StateDict()["2.weight"].ToArray<float>();
        Save(("0.weight", [2, 3], Numbers(6)), ("0.bias", [2], [7, 8]), ("classifier.weight", [1000, 2], new float[2000]));
        var report = SafeTensorsImport.Load(_path, model, new() { LeaveOut = ["classifier"], Keep = ["2"] });
        Assert.Equal(["2.weight", "2.bias"], report.Kept);
        Assert.Equal(["classifier.weight"], report.LeftOut);
        Assert.Equal(head, model.StateDict()["2.weight"].ToArray<float>());
        Assert.Contains("not in the file, kept as it was: 2.bias\n  left out: classifier.weight\n", report.ToString());
    }

    /// <summary>Each with one thing wrong: the model must be as it was.</summary>
    public static TheoryData<string, string[]> Misfits => new()
    {
        { "missing", ["missing: 2.bias [1]"] },
        { "unexpected", ["unexpected: extra.weight [5]"] },
        { "renamed", ["missing: 0.weight [2, 3]", "unexpected: fc1.weight -> 7.weight [2, 3]"] },
        { "misshapen", ["0.weight (expected [2, 3] Float32, got 0.weight [2, 4] F32)"] },
        { "transposed", ["0.weight (expected [2, 3] Float32, got 0.weight [3, 2] F32", "it is transposed, [in, out]", "ImportOptions.Transpose"] },
        { "double", ["0.weight (expected [2, 3] Float32, got 0.weight [2, 3] F64", "no type is converted"] },
        { "bytes", ["got 0.weight [2, 3] U8"] },
        { "several", ["missing: 0.bias [2]", "unexpected: b [2]", "misshapen: 0.weight"] },
        { "twice", ["0.weight and fc1.weight would all be 0.weight"] },
        { "NaN", ["parameters that are finite", "0.weight [2, 3] holds NaN at index [0, 1]"] },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void What_does_not_fit_is_listed_and_nothing_is_loaded(string what, string[] parts)
    {
        var tensors = new Dictionary<string, SafeTensorsEntry>
        {
            ["0.weight"] = Entry("0.weight", [2, 3], Numbers(6)), ["0.bias"] = Entry("0.bias", [2], [7, 8]),
            ["2.weight"] = Entry("2.weight", [1, 2], [9, 10]), ["2.bias"] = Entry("2.bias", [1], [11]),
        };
        var options = new ImportOptions();
        switch (what)
        {
            case "missing": _ = tensors.Remove("2.bias"); break;
            case "unexpected": tensors["x"] = Entry("extra.weight", [5], Numbers(5)); break;
            case "renamed": tensors["0.weight"] = Entry("fc1.weight", [2, 3], Numbers(6)); options = new() { Rename = ["fc1=7"] }; break;
            case "misshapen": tensors["0.weight"] = Entry("0.weight", [2, 4], Numbers(8)); break;
            case "transposed": tensors["0.weight"] = Entry("0.weight", [3, 2], Numbers(6)); break;
            case "double": tensors["0.weight"] = SafeTensorsEntry.Create<double>("0.weight", [2, 3], new double[6]); break;
            case "bytes": tensors["0.weight"] = SafeTensorsEntry.Create<byte>("0.weight", [2, 3], new byte[6]); break;
            case "several":
                tensors["0.bias"] = Entry("b", [2], [7, 8]);
                tensors["0.weight"] = Entry("0.weight", [6], Numbers(6));
                break;
            case "twice": tensors["x"] = Entry("fc1.weight", [2, 3], Numbers(6)); options = new() { Rename = ["fc1=0"] }; break;
            default: tensors["0.weight"] = Entry("0.weight", [2, 3], [0, float.NaN, 0, 0, 0, 0]); break;
        }
        SafeTensorsFile.Write(_path, [.. tensors.Values]);
        var model = Network();
        var before = model.StateDict().Select(pair => pair.Value.ToArray<float>()).ToArray();
        var error = Assert.ThrowsAny<Exception>(() => SafeTensorsImport.Load(_path, model, options));
        Assert.IsType(what == "NaN" ? typeof(SafeTensorsException) : typeof(StateMismatchException), error);
        Assert.StartsWith(_path, error.Message);
        Assert.Contains("othing was loaded", error.Message);
        Assert.All(parts, part => Assert.Contains(part, error.Message));
        Assert.Equal(before, model.StateDict().Select(pair => pair.Value.ToArray<float>()));
    }

    [Fact]
    public void The_error_has_the_names_for_programs()
    {
        Save(("a", [2], [1, 2]));
        var error = Assert.Throws<StateMismatchException>(() => SafeTensorsImport.Load(_path, new Linear(3, 2)));
        Assert.Equal(["weight", "bias"], error.Missing);
        Assert.Equal(["a"], error.Unexpected);
    }

    [Fact]
    public void Patterns_that_fit_nothing_are_refused()
    {
        Save(("fc1.weight", [2, 3], Numbers(6)), ("fc1.bias", [2], [7, 8]));
        var model = new Sequential(new Linear(3, 2));
        foreach (var options in new ImportOptions[] { new() { Rename = ["fc=0"] }, new() { LeaveOut = ["fc"] }, new() { Transpose = ["fc1.w"] } })
            Refused<ArgumentException>(model, options, "fits no tensor of the file", "fc1.bias, fc1.weight");
        Refused<ArgumentException>(model, new() { Keep = ["head"] }, "ImportOptions.Keep: \"head\" fits no tensor of the model", "0.bias");
        Refused<ArgumentException>(model, new() { Keep = [""] }, "ImportOptions.Keep: \"\"");
        Refused<ArgumentException>(model, new() { Match = ImportMatch.ShapeAndOrder, Rename = ["fc1=0"] }, "leave one of the two out");
    }

    [Fact]
    public void Transposed_matrices_are_turned_where_they_are_named()
    {
        var model = new Sequential(new Linear(3, 2, bias: false), new Linear(2, 2, bias: false));
        Save(("h.0.weight", [3, 2], Numbers(6)), ("h.1.weight", [2, 2], Numbers(4)));
        var report = SafeTensorsImport.Load(_path, model, new() { Rename = ["h="], Transpose = ["h.*.weight"] });
        Assert.Equal([0, 2, 4, 1, 3, 5], model.StateDict()["0.weight"].ToArray<float>());
        Assert.Equal([0, 2, 1, 3], model.StateDict()["1.weight"].ToArray<float>());
        Assert.Contains("h.0.weight -> 0.weight  [2, 3], transposed", report.ToString());
    }

    [Fact]
    public void Half_precision_becomes_single_exactly()
    {
        SafeTensorsFile.Write(_path,
        [
            SafeTensorsEntry.Create<Half>("weight", [1, 2], new[] { (Half)1.5, (Half)0.1 }),
            new SafeTensorsEntry("bias", SafeTensorsType.BF16, [1], new byte[] { 0xC0, 0x3F }),
        ]);
        var model = new Linear(2, 1);
        string report = SafeTensorsImport.Load(_path, model).ToString();
        Assert.Equal([1.5f, (float)(Half)0.1], model.Weight.ToArray<float>());
        Assert.Equal([1.5f], model.Bias!.ToArray<float>());
        Assert.Contains("weight -> weight  [1, 2] from F16", report);
        Assert.Contains("from BF16", report);
    }

    [Fact]
    public void Counters_of_batch_normalisation_are_loaded_kept_or_left_out_and_said()
    {
        SafeTensorsEntry[] tensors =
        [
            Entry("bn.weight", [2], [1, 2]), Entry("bn.bias", [2], [3, 4]), Entry("bn.running_mean", [2], [5, 6]), Entry("bn.running_var", [2], [7, 8]),
        ];
        var counter = SafeTensorsEntry.Create<long>("bn.num_batches_tracked", [], new[] { 41L });
        SafeTensorsFile.Write(_path, [.. tensors, counter]);
        var model = new BatchNorm1d(2);
        _ = SafeTensorsImport.Load(_path, model, new() { Rename = ["bn="] });
        Assert.Equal(41, model.BatchesTracked);

        SafeTensorsFile.Write(_path, tensors);
        Assert.Equal(["num_batches_tracked"], SafeTensorsImport.Load(_path, model, new() { Rename = ["bn="] }).Kept);
        Assert.Equal(41, model.BatchesTracked);

        SafeTensorsFile.Write(_path, [.. tensors[..2], counter]);
        Assert.Equal(["bn.num_batches_tracked"], SafeTensorsImport.Load(_path, new LayerNorm(2), new() { Rename = ["bn="] }).LeftOut);
    }

    [Fact]
    public void By_shape_and_order_layers_find_each_other_by_their_numbers()
    {
        // A file has its tensors by name: fc10 comes before fc2.
        var model = new Sequential([.. Enumerable.Range(0, 11).SelectMany(_ => new Module[] { new Linear(2, 2), new ReLU() }), new Linear(2, 3)]);
        SafeTensorsFile.Write(_path,
        [
            .. Enumerable.Range(0, 11).Select(i => Entry($"fc{i}.weight", [2, 2], [i, i, i, i])),
            .. Enumerable.Range(0, 11).Select(i => Entry($"fc{i}.bias", [2], [-i, -i])),
            Entry("head.weight", [3, 2], Numbers(6)), Entry("head.bias", [3], Numbers(3)),
        ]);
        var report = SafeTensorsImport.Load(_path, model, new() { Match = ImportMatch.ShapeAndOrder });
        for (int i = 0; i < 11; i++)
            Assert.Equal((i, -i), (model.StateDict()[$"{2 * i}.weight"].ToArray<float>()[3], model.StateDict()[$"{2 * i}.bias"].ToArray<float>()[0]));
        Assert.Equal(Numbers(6), model.StateDict()["22.weight"].ToArray<float>());
        Assert.Contains("fc10.weight -> 20.weight  [2, 2]", report.ToString());
    }

    [Fact]
    public void By_shape_and_order_an_ambiguity_is_refused()
    {
        var model = new Sequential(new Linear(2, 2, bias: false), new Linear(2, 2, bias: false));
        var byShape = new ImportOptions { Match = ImportMatch.ShapeAndOrder };
        Save(("query.weight", [2, 2], Numbers(4)), ("key.weight", [2, 2], Numbers(4)));
        Refused<StateMismatchException>(
            model, byShape, "names differ in more than numbers", "key.weight, query.weight in the file, 0.weight, 1.weight in the model");
        Save(("fc1.weight", [2, 2], Numbers(4)));
        Refused<StateMismatchException>(model, byShape, "of [2, 2] weight there are 1 in the file and 2 in the model");
        Save(("fc1.weight", [2, 2], Numbers(4)), ("fc2.weight", [2, 2], Numbers(4)), ("scale", [9], Numbers(9)));
        Refused<StateMismatchException>(model, byShape, "of [9] there are 1 in the file and 0 in the model: scale in the file, none in the model");
        // The bias would go to another layer than the weight.
        var uneven = new Sequential(new Linear(3, 2, bias: false), new Linear(2, 2));
        Save(("a.weight", [2, 3], Numbers(6)), ("a.bias", [2], Numbers(2)), ("b.weight", [2, 2], Numbers(4)));
        Refused<StateMismatchException>(uneven, byShape, "tensors of one module would go to several", "a.bias -> 1.bias");
    }

    private static readonly ImportOptions NameElseShape = new() { Match = ImportMatch.NameElseShape };

    [Fact]
    public void Names_that_fit_are_believed_and_else_shapes_and_order_are()
    {
        var model = new Sequential(new Linear(2, 2, bias: false), new Linear(2, 2, bias: false));
        Save(("1.weight", [2, 2], [1, 1, 1, 1]), ("0.weight", [2, 2], [0, 0, 0, 0]));
        Assert.Equal(ImportMatch.Name, SafeTensorsImport.Load(_path, model, NameElseShape).Match);
        Assert.Equal([1, 1, 1, 1], model.StateDict()["1.weight"].ToArray<float>());
        // "1" is the first of the file and the second of the model: a name that both have by chance leads no other astray.
        Save(("1.weight", [2, 2], [2, 2, 2, 2]), ("2.weight", [2, 2], [3, 3, 3, 3]));
        var report = SafeTensorsImport.Load(_path, model, NameElseShape);
        Assert.Equal(ImportMatch.ShapeAndOrder, report.Match);
        Assert.StartsWith($"{_path}: 2 tensors loaded, by shape and order\n", report.ToString());
        Assert.Equal([2, 2, 2, 2], model.StateDict()["0.weight"].ToArray<float>());
        Assert.Equal([3, 3, 3, 3], model.StateDict()["1.weight"].ToArray<float>());
    }

    [Fact]
    public void A_rule_settles_what_shapes_do_not_and_the_others_follow()
    {
        var model = new Sequential(new Linear(3, 2), new Linear(2, 2), new Linear(2, 2));
        Save(
            ("in.weight", [2, 3], Numbers(6)), ("in.bias", [2], [1, 1]), ("beta.weight", [2, 2], [2, 2, 2, 2]), ("beta.bias", [2], [2, 2]),
            ("alpha.weight", [2, 2], [3, 3, 3, 3]), ("alpha.bias", [2], [3, 3]));
        Refused<StateMismatchException>(
            model, NameElseShape, "missing: 0.weight [2, 3], 0.bias [2], 1.weight [2, 2]", "unexpected: alpha.bias [2], alpha.weight [2, 2]",
            "Shapes and order do not say which is which: of [2, 2] weight there are 2, whose names differ in more than numbers",
            "Give ImportOptions.Rename, such as \"alpha=1\"");
        _ = SafeTensorsImport.Load(_path, model, NameElseShape with { Rename = ["alpha=2"] });
        Assert.Equal([2, 2], model.StateDict()["1.bias"].ToArray<float>());
        Assert.Equal([3, 3, 3, 3], model.StateDict()["2.weight"].ToArray<float>());
        // A rule to a name that there is not is a mistake, whatever the shapes say.
        Refused<StateMismatchException>(model, NameElseShape with { Rename = ["alpha=7"] }, "unexpected: alpha.bias -> 7.bias [2]");
    }

    [Fact]
    public void Modules_find_each_other_as_wholes_where_one_tensor_alone_would_not_tell()
    {
        // A convolution's bias has the shape of the normalisation's, and of its weight.
        var model = new Sequential(new Conv2d(1, 4, 3), new BatchNorm2d(4), new Conv2d(4, 4, 3), new BatchNorm2d(4));
        var counter = SafeTensorsEntry.Create<long>("bn1.num_batches_tracked", [], new[] { 7L });
        SafeTensorsFile.Write(_path,
        [
            Entry("conv1.weight", [4, 1, 3, 3], Numbers(36)), Entry("conv1.bias", [4], [1, 1, 1, 1]), Entry("conv2.weight", [4, 4, 3, 3], Numbers(144)),
            Entry("conv2.bias", [4], [2, 2, 2, 2]), .. Norm("bn1", 3), .. Norm("bn2", 4), counter,
        ]);
        var report = SafeTensorsImport.Load(_path, model, NameElseShape);
        var state = model.StateDict();
        Assert.Equal([1f, 3, 2, 4], new[] { "0.bias", "1.bias", "2.bias", "3.bias" }.Select(name => state[name].ToArray<float>()[0]));
        Assert.Equal([6f, 8], new[] { "1.running_var", "3.running_var" }.Select(name => state[name].ToArray<float>()[0]));
        Assert.Equal([7L], state["1.num_batches_tracked"].ToArray<long>());
        Assert.Equal(["3.num_batches_tracked"], report.Kept);

        static SafeTensorsEntry[] Norm(string name, float value) =>
        [
            .. new[] { "weight", "bias", "running_mean" }.Select(last => Entry($"{name}.{last}", [4], [value, value, value, value])),
            Entry($"{name}.running_var", [4], [2 * value, 1, 1, 1]),
        ];
    }

    [Fact]
    public void A_model_is_written_back_as_the_file_had_it()
    {
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        SafeTensorsEntry[] theirs =
        [
            Entry("net.1.weight", [3, 2], Numbers(6)), Entry("net.1.bias", [2], [7, 8]), Entry("net.3.weight", [2, 1], [9, 10]),
            SafeTensorsEntry.Create<Half>("net.3.bias", [1], new[] { (Half)0.1 }), SafeTensorsEntry.Create<long>("seen", [], new[] { 41L }),
        ];
        SafeTensorsFile.Write(_path, theirs, metadata);
        var model = Network();
        var report = SafeTensorsImport.Load(_path, model, NameElseShape with { Transpose = ["net.*.weight"], LeaveOut = ["seen"] });
        SafeTensorsImport.Save(_path, model, report);
        var written = SafeTensorsFile.Read(_path);
        Assert.Equal(metadata, written.Metadata);
        Assert.Equal(theirs.Select(entry => entry.Name).Order(), written.Entries.Select(entry => entry.Name).Order());
        foreach (var entry in theirs.Where(entry => entry.Type != SafeTensorsType.F16))
        {
            Assert.Equal(entry.Type, written[entry.Name].Type);
            Assert.Equal(entry.Bytes.ToArray(), written[entry.Name].Bytes.ToArray());
        }
        Assert.Equal([(float)(Half)0.1], written["net.3.bias"].Values<float>().ToArray());
        // Without metadata none is made up.
        SafeTensorsFile.Write(_path, theirs);
        byte[] before = File.ReadAllBytes(_path);
        SafeTensorsImport.Save(_path, model, report with { Tensors = [.. report.Tensors.Where(tensor => tensor.Own != "2.bias")] });
        Assert.Equal(before, File.ReadAllBytes(_path));
        Assert.Contains("0.weight [2, 3]", Assert.Throws<ArgumentException>(() => SafeTensorsImport.Save(_path, new Linear(1, 1), report)).Message);
    }

    [Fact]
    public void Names_of_strangers_are_spelt_out()
    {
        Save(("\u001b[2J", [9], Numbers(9)));
        var model = new Linear(1, 1);
        Refused<StateMismatchException>(model, new(), "unexpected: \\u001b[2J [9]");
        Refused<ArgumentException>(model, new() { LeaveOut = ["x"] }, "There are: \\u001b[2J");
        Assert.Contains("left out: \\u001b[2J", SafeTensorsImport.Load(_path, model, new() { LeaveOut = ["\u001b[2J"], Keep = ["weight", "bias"] }).ToString());
    }

    [Fact]
    public void Numbers_in_names_may_have_any_length()
    {
        var model = new Sequential(new Linear(2, 2, bias: false), new Linear(2, 2, bias: false));
        string large = new('9', 1_000_000);
        Save(($"l{large}.weight", [2, 2], [1, 1, 1, 1]), ("l007.weight", [2, 2], [0, 0, 0, 0]));
        _ = SafeTensorsImport.Load(_path, model, new() { Match = ImportMatch.ShapeAndOrder });
        Assert.Equal([1, 1, 1, 1], model.StateDict()["1.weight"].ToArray<float>());
    }

    [Fact]
    public void A_damaged_file_is_refused_before_the_model_is_looked_at()
    {
        File.WriteAllBytes(_path, [1, 2, 3]);
        Refused<SafeTensorsException>(Network(), new(), "a file of 3 bytes");
    }

    private static Sequential Network()
    {
        var model = new Sequential(new Linear(3, 2), new ReLU(), new Linear(2, 1));
        _ = model.Initialize(new Philox(1));
        return model;
    }

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];

    private static SafeTensorsEntry Entry(string name, long[] shape, float[] values) => SafeTensorsEntry.Create<float>(name, shape, values);

    private void Save(params (string Name, long[] Shape, float[] Values)[] tensors) =>
        SafeTensorsFile.Write(_path, [.. tensors.Select(tensor => Entry(tensor.Name, tensor.Shape, tensor.Values))]);

    private void Refused<T>(Module model, ImportOptions options, params string[] parts)
        where T : Exception
    {
        string message = Assert.Throws<T>(() => SafeTensorsImport.Load(_path, model, options)).Message;
        Assert.All(parts, part => Assert.Contains(part, message));
    }
}
