namespace Kappa.Onnx.Tests.Export;

/// <summary>Files that leave the length of sequences open.</summary>
public sealed class SequenceTests
{
    private const int Longest = 9;

    /// <summary>Each with the shape of its example; it is run on shorter sequences, and on longer ones where it takes them.</summary>
    private static readonly Dictionary<string, (Func<Module> Make, int[] Shape, bool IsOfIndices, int Longest)> Models = new()
    {
        ["transformer"] = Of("transformer", Longest),
        ["attention"] = Of("attention", 6),
        ["causal attention with shared keys"] = Of("causal attention with shared keys", 6),
        ["rotary embedding"] = Of("rotary embedding", 7),
        ["embedding"] = Of("embedding", Longest),
        ["linear on sequences"] = Of("linear on sequences", Longest),
        ["layer norm"] = Of("layer norm", Longest),
        ["rms norm"] = Of("rms norm", Longest),
        ["learned positions"] = (() => new LearnedPositions(), [5], true, Longest),
        ["positions computed outside"] = (() => new Sinusoids(), [6, 4], false, 6),
        ["the last position"] = (() => new Written(x => x.Slice(1, x.Shape[1] - 1, 1).Reshape([x.Shape[0], 4])), [6, 4], false, Longest),
        ["all but the first"] = (() => new Written(x => x.Slice(1, 1, x.Shape[1] - 1) * 2), [6, 4], false, Longest),
        ["the first three"] = (() => new Written(x => x.Slice(1, 0, 2) * 2), [6, 4], false, Longest),
        ["a mean over positions"] = (() => new Written(x => x.Mean(1)), [6, 4], false, Longest),
        ["a mean taken from all positions"] = (() => new Written(x => x - x.Mean(1, keepAxis: true).Expand(x.Shape)), [6, 4], false, Longest),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    private static OnnxExportOptions Open => new() { SequenceName = "sequence" };

    [Theory]
    [MemberData(nameof(Names))]
    public void Sequences_of_any_length_give_what_the_model_gives(string name)
    {
        var (make, shape, isOfIndices, longest) = Models[name];
        var model = make();
        using var folder = new TemporaryFolder();
        OnnxModel.Export(model, folder["model.onnx"], shape, Open);
        var back = OnnxModel.Import(folder["model.onnx"]);
        Assert.Equal("sequence", back.Inputs.Single().Dimensions![1]);
        foreach (int length in (int[])[2, 4, longest])
        {
            foreach (int batch in (int[])[1, 3])
            {
                using var input = Cases.Input([length, .. shape[1..]], isOfIndices, batch);
                double there = Runtime.Difference(Runtime.Run(folder["model.onnx"], input), model.Forward(input));
                using var expected = model.Forward(input).To(DataType.Float64);
                double here = Runtime.Difference(expected.ToArray<double>(), back.Forward(input));
                Assert.True(there < 1e-5 && here < 1e-5, $"{name}, {batch} of {length}: {there:G3} there, {here:G3} read back");
            }
        }
    }

    [Fact]
    public void What_was_read_is_written_with_open_sequences_again_up_to_the_length_it_ran_at()
    {
        var (make, shape, _, _) = Models["transformer"];
        var model = make();
        using var folder = new TemporaryFolder();
        OnnxModel.Export(model, folder["model.onnx"], shape, Open);
        var back = OnnxModel.Import(folder["model.onnx"], new OnnxImportOptions { Dimensions = new Dictionary<string, int> { ["sequence"] = 8 } });
        OnnxModel.Export(back, folder["again.onnx"], options: Open);
        foreach (int length in (int[])[2, 5, 8])
        {
            using var input = Cases.Input([length], isOfIndices: true, 3);
            double difference = Runtime.Difference(Runtime.Run(folder["again.onnx"], input), model.Forward(input));
            Assert.True(difference < 1e-5, $"{length}: {difference:G3}");
        }
    }

    [Fact]
    public void What_cannot_leave_its_sequences_open_is_refused_with_the_reason_and_the_way_out()
    {
        using var folder = new TemporaryFolder();
        Refused(new MixerBlock(4, 6, 5, 7), [4, 6], "it takes examples of [4, 6] and none of [2, 6]");
        Refused(new Linear(6, 2), [2, 6], "expected one of 3 positions or more");
        Refused(new Written(x => x / x.Shape[1]), [6, 4], "its Affine has other numbers on 3 positions");
        Refused(new Written(x => x * Tensor.Full([1, x.Shape[1], 1], x.Shape[1])), [6, 4], "that depends on the input");
        Refused(new Written(x => Tensor.Concat(1, x, x.Slice(1, 0, 1)).Reshape([x.Shape[0], (x.Shape[1] + 1) * 4])), [6, 4], "which is no multiple");
        Refused(new Written(x => x.Slice(1, 0, x.Shape[1] / 2)), [6, 4], "6 positions and 1 for 3");
        Refused(new Written(x => x.Transpose().LayerNorm()), [6, 4], "which the batch or the sequence changes");
        Refused(new Written(x => x.Shape[1] < 6 ? x * 2 : x.Relu()), [6, 4], "it runs other operations on 3 positions than on 6");
        Assert.Empty(Directory.GetFiles(folder.FullPath));

        void Refused(Module model, int[] shape, string says)
        {
            string message = Assert.Throws<OnnxException>(() => OnnxModel.Export(model, folder["model.onnx"], shape, Open)).Message;
            Assert.Contains(says, message, StringComparison.Ordinal);
        }
    }

    private static (Func<Module> Make, int[] Shape, bool IsOfIndices, int Longest) Of(string name, int longest)
    {
        var (_, shape, isOfIndices) = Cases.Make(name);
        return (() => Cases.Make(name).Model, shape, isOfIndices, longest);
    }

    private sealed class Written(Func<Tensor, Tensor> function) : Module
    {
        protected override Tensor ForwardCore(Tensor input) => function(input);
    }

    /// <summary>A table whose first rows are added, one for each token.</summary>
    private sealed class LearnedPositions : Module
    {
        private readonly Embedding _tokens;
        private readonly Tensor _positions;

        internal LearnedPositions()
        {
            _tokens = RegisterModule("tokens", new Embedding(11, 4));
            _positions = RegisterParameter("positions", Tensor.Normal([Longest, 4], new Philox(2)));
        }

        protected override Tensor ForwardCore(Tensor input) => _tokens.Forward(input) + _positions.Slice(0, 0, input.Shape[1]);
    }

    /// <summary>Adds sines of the positions, which are made on the way.</summary>
    private sealed class Sinusoids : Module
    {
        protected override Tensor ForwardCore(Tensor input)
        {
            double[] values = [.. Enumerable.Range(0, input.Shape[1] * input.Shape[2]).Select(i => Math.Sin(i / input.Shape[2] * 0.3 * (i % input.Shape[2])))];
            return input + Tensor.From(values, [input.Shape[1], input.Shape[2]]).To(input.DataType);
        }
    }
}
