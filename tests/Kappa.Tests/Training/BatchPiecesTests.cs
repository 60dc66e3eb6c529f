using System.Runtime.InteropServices;
using Kappa.Isometry;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Pieces;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Training;

namespace Kappa.Tests.Training;

[Collection(Tensors.Cpu.KernelCases.Name)]
public sealed class BatchPiecesTests
{
    private const int Examples = 16, Pieces = 8, Steps = 3;

    private static readonly Dictionary<string, Func<DataType, Module>> Models = new()
    {
        ["perceptron"] = type => new Sequential(new Linear(18, 12, type: type), new Dropout(0.3), new ReLU(), new Linear(12, 3, type: type)),
        ["convolution"] = type => new Sequential(
            new Reshaped(2, 3, 3), new Conv2d(2, 4, 3, padding: 1, type: type), new BatchNorm2d(4, type: type), new ReLU(), new Dropout(0.2),
            new Conv2d(4, 4, 3, padding: 1, type: type), new BatchNorm2d(4, type: type), new Reshaped(36), new Linear(36, 3, type: type)),
        ["attention"] = type => new Sequential(
            new Embedded(type),
            new TransformerBlock(new TransformerOptions { VocabularySize = 8, ContextLength = 6, Width = 8, Heads = 2, Dropout = 0.2 }, type),
            new Reshaped(48), new Linear(48, 3, type: type)),
    };

    private static readonly Dictionary<string, Func<Module, Optimizer>> Optimizers = new()
    {
        ["AdamW"] = model => new AdamW(model.Parameters()),
        ["DoPr"] = model => new DoPr(new AdamW(model.Parameters()), model),
        ["DoPr with averages"] = model => new DoPr(
            new AdamW(model.Parameters()), model, new DoPrOptions { MovingAverage = 0.9, RefreshInterval = 2, IncludeBias = true }),
        ["DoPr refreshed beside the steps"] = model => new DoPr(
            new AdamW(model.Parameters()), model, new DoPrOptions { RefreshInterval = 2, AsynchronousRefresh = true }),
        ["DoPr with averages, due at each step"] = model => new DoPr(
            new AdamW(model.Parameters()), model, new DoPrOptions { MovingAverage = 0.9, IncludeBias = true }),
        ["DoPr of Muon"] = model => new DoPr(new Muon(model.Parameters(), options: new MuonOptions { Matrices = MuonMatrices.All }), model),
        ["AdaMuon"] = model => new AdaMuon(model.Parameters(), options: new AdaMuonOptions { Matrices = MuonMatrices.All }),
        ["MuonO"] = model => new MuonO(model.Parameters(), options: new MuonOptions { Matrices = MuonMatrices.All }),
        ["AdamO, coupled"] = model => new AdamO(model.Parameters(), isometry: new IsometryOptions { Variant = IsometryVariant.Coupled }),
        ["Muon"] = model => new Muon(model.Parameters(), options: new MuonOptions { Matrices = MuonMatrices.All }),
        ["AdamO"] = model => new AdamO(model.Parameters()),
    };

    public static IEnumerable<object[]> All => Models.Keys.SelectMany(model => Optimizers.Keys.Select(optimizer => (object[])[model, optimizer]));

    [Theory]
    [MemberData(nameof(All))]
    public void The_bits_do_not_depend_on_how_many_processes_share_the_pieces(string model, string optimizer)
    {
        var alone = Train(model, optimizer, new SoleProcess());
        foreach (int processes in (int[])[1, 2, 4, 8])
        {
            foreach (var shared in ThreadGroup.Run(processes, group => Train(model, optimizer, group)))
                Assert.Equal(alone, shared);
        }
    }

    [Theory]
    [InlineData("AdamW")]
    [InlineData("DoPr with averages, due at each step")]
    [InlineData("Muon")]
    [InlineData("DoPr with averages")]
    public void The_first_process_is_given_the_whole_state_and_others_keep_that_of_their_parameters(string optimizer)
    {
        byte[] alone = State("convolution", optimizer, new SoleProcess(), true);
        byte[][] gathered = ThreadGroup.Run(4, group => State("convolution", optimizer, group, true));
        Assert.Equal(alone, gathered[0]);
        Assert.All(ThreadGroup.Run(4, group => State("convolution", optimizer, group, false)), state => Assert.False(state.SequenceEqual(alone)));
    }

    [Theory]
    [InlineData("attention", 1)]
    [InlineData("attention", 2)]
    [InlineData("convolution", 1)]
    public void A_run_goes_on_where_no_factor_is_due_to_the_same_bits(string model, int stop)
    {
        const string Optimizer = "DoPr with averages";
        byte[] alone = Train(model, Optimizer, new SoleProcess());
        byte[] saved = [];
        Dictionary<string, Tensor> weights = [];
        _ = ThreadGroup.Run(4, group => Train(model, Optimizer, group, until: stop, after: (pieces, optimizer, trained) =>
        {
            pieces.GatherState(optimizer);
            if (group.Rank > 0)
                return;
            saved = StateMessage.Write(optimizer.State(), _ => true);
            weights = trained.StateDict().ToDictionary(pair => pair.Key, pair => pair.Value.Clone().Keep());
        }));
        int losses = 2 * sizeof(double) * (Steps - stop);
        foreach (int processes in (int[])[1, 2, 8])
        {
            var resumed = ThreadGroup.Run(processes, group => Train(model, Optimizer, group, from: stop, before: (optimizer, fresh) =>
            {
                foreach (var (name, tensor) in fresh.StateDict())
                    tensor.CopyFromInPlace(weights[name]);
                optimizer.Load(StateMessage.Merge(new OptimizerState(optimizer.State().Kind), _ => false, [saved]));
            }));
            Assert.All(resumed, bits => Assert.Equal(alone[..^(2 * sizeof(double) * Steps)], bits[..^losses]));
            Assert.All(resumed, bits => Assert.Equal(alone[^losses..], bits[^losses..]));
        }
    }

    [Fact]
    public void A_layer_whose_moments_have_no_factor_is_due_again_in_all_processes()
    {
        byte[] alone = Run(new SoleProcess());
        foreach (int processes in (int[])[2, 4])
            Assert.All(ThreadGroup.Run(processes, Run), shared => Assert.Equal(alone, shared));

        // Inputs of zeros, as those of the first three steps, have none without a floor: the owner of the layer alone finds out.
        static byte[] Run(IProcessGroup group)
        {
            var model = new Sequential(("a", new Linear(2, 4)), ("b", new Linear(4, 3))).Initialize(new Philox(3));
            using var optimizer = new DoPr(new AdamW(model.Parameters()), model, new DoPrOptions { Floor = 0, RefreshInterval = 4 });
            using var pieces = new BatchPieces(Pieces, group, model);
            var (from, count) = pieces.RowsOf(Examples).GetOffsetAndLength(Examples);
            int step = 0;
            var loop = new TrainingLoop(optimizer, Next, part => Compute(model, part), pieces);
            loop.Run(7, default);
            if (group.Size == 1)
                Assert.Equal(3, optimizer.Layers[0].TimesLeftAsIs);
            return [.. model.StateDict().SelectMany(pair => pair.Value.Bytes.ToArray())];

            Batch Next()
            {
                var inputs = Tensor.Normal([Examples, 2], new Philox((ulong)step)) * (step++ < 3 ? 0 : 1);
                return new Batch(inputs.Range(from, count), Tensor.From([.. Enumerable.Range(from, count).Select(i => i % 3)], [count]));
            }
        }
    }

    [Theory]
    [InlineData("perceptron")]
    [InlineData("convolution")]
    public void A_step_that_all_processes_take_whole_has_the_same_bits(string model) =>
        Assert.All(
            ThreadGroup.Run(4, group => Train(model, "DoPr", group, isStepShared: false)),
            bits => Assert.Equal(Train(model, "DoPr", new SoleProcess()), bits));

    [Fact]
    public void Layers_stay_whole_and_work_is_about_even()
    {
        var model = Make("attention");
        var parameters = model.Parameters();
        var all = Enumerable.Range(0, 4).Select(rank => Ownership.Of(parameters, [["3.weight", "0.table.weight"]], _ => 0, rank, 4)).ToArray();
        Assert.All(parameters, parameter => Assert.Equal(1, all.Count(one => one.IsOwn(parameter.Name))));
        Assert.All(
            parameters.Where(one => one.Name.EndsWith(".bias")), bias => Assert.Equal(all[0].OwnerOf(bias.Name[..^4] + "weight"), all[0].OwnerOf(bias.Name)));
        Assert.Equal(all[0].OwnerOf("0.table.weight"), all[0].OwnerOf("3.weight"));
        Assert.Equal(all[0].OwnerOf("3.weight"), all[0].OwnerOfState("3.weight.first_moment"));
        Assert.Null(all[0].OwnerOfState("step_count"));
        int[] loads = [.. Enumerable.Range(0, 4).Select(rank => parameters.Where(one => all[0].OwnerOf(one.Name) == rank).Sum(one => one.Tensor.Count))];
        // The largest unit is a whole.
        Assert.True(loads.Max() <= Math.Max(loads.Sum() / 3, parameters.Max(one => one.Tensor.Count) + 200), string.Join(' ', loads));
    }

    [Theory]
    [InlineData("perceptron", 1e-12)]
    [InlineData("convolution", 1e-9)]
    public void Pieces_add_up_to_the_whole_batch(string model, double tolerance)
    {
        // Without dropout, which draws by piece.
        foreach (bool isPreconditioned in (bool[])[false, true])
        {
            var (whole, cut) = (Make(model, DataType.Float64), Make(model, DataType.Float64));
            foreach (var dropout in whole.Modules().Concat(cut.Modules()).Select(entry => entry.Module).OfType<Dropout>())
                dropout.Eval();
            var batch = Batch(DataType.Float64);
            var (one, other) = (Optimizer(whole, isPreconditioned), Optimizer(cut, isPreconditioned));
            var loss = Loss.CrossEntropy(whole.Forward(batch.Inputs), batch.Targets);
            loss.Backward();
            using var pieces = new BatchPieces(Pieces, new SoleProcess(), cut);
            pieces.Serve([other]);
            double inPieces = pieces.Differentiate(batch, part => Loss.CrossEntropy(cut.Forward(part.Inputs), part.Targets), default);
            Assert.Equal(loss.ToDouble(), inPieces, 1e-12);
            foreach (var (expected, got) in whole.Parameters().Zip(cut.Parameters()))
            {
                double[] a = expected.Tensor.Gradient!.ToArray<double>(), b = got.Tensor.Gradient!.ToArray<double>();
                double scale = a.Max(Math.Abs);
                Assert.All(a.Zip(b), pair => Assert.Equal(pair.First, pair.Second, tolerance * Math.Max(1, scale)));
            }
            foreach (var (name, buffer) in whole.StateDict().Where(pair => pair.Key.Contains("running")))
                Assert.All(buffer.ToArray<double>().Zip(cut.StateDict()[name].ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }

        static Optimizer Optimizer(Module model, bool isPreconditioned) =>
            isPreconditioned ? new DoPr(new AdamW(model.Parameters()), model) : new AdamW(model.Parameters());
    }

    [Theory]
    [InlineData(0, 1, "pieces: expected a power of two, such as 8; got 0")]
    [InlineData(-8, 1, "pieces: expected a power of two, such as 8; got -8")]
    [InlineData(6, 1, "pieces: expected a power of two, such as 8; got 6")]
    [InlineData(4, 8, "pieces: 4 pieces of a batch are shared by at most 4 processes; got 8")]
    [InlineData(8, 3, "pieces: 8 pieces are shared by 1, 2, 4, 8 or more processes, a power of two; got 3")]
    public void Pieces_that_processes_cannot_share_are_refused(int pieces, int processes, string expected)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => ThreadGroup.Run(processes, group => new BatchPieces(pieces, group, Make("perceptron"))));
        Assert.StartsWith(expected, error.Message);
    }

    [Fact]
    public void Pieces_have_one_size()
    {
        using var pieces = new BatchPieces(8, new SoleProcess(), Make("perceptron"));
        Assert.Equal(0..16, pieces.RowsOf(16));
        Assert.StartsWith("batchSize: expected a multiple of the 8 pieces that a batch is cut into; got 20",
            Assert.Throws<ArgumentException>(() => pieces.RowsOf(20)).Message);
    }

    [Theory]
    [InlineData(PreconditioningForm.Dual, 0.1, "DoPr: the dual form takes the rows of the whole batch")]
    [InlineData(PreconditioningForm.Automatic, 1e-7, "DoPr: with a gamma of 1E-07 0.weight is solved in double precision from the rows of the whole batch")]
    public void A_preconditioner_that_needs_all_rows_is_refused(PreconditioningForm form, double gamma, string expected)
    {
        var model = Make("perceptron");
        var optimizer = new DoPr(new AdamW(model.Parameters()), model, new DoPrOptions { Form = form, Gamma = gamma });
        using var pieces = new BatchPieces(8, new SoleProcess(), model);
        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => pieces.Serve([optimizer])).Message);
    }

    [Theory]
    [InlineData("perceptron", float.NaN)]
    [InlineData("convolution", float.NaN)]
    [InlineData("perceptron", float.PositiveInfinity)]
    public void A_piece_whose_loss_is_not_finite_is_named(string name, float value)
    {
        var model = Make(name);
        var batch = Batch(DataType.Float32);
        batch.Inputs.WritableValues<float>()[5 * 2 * 18] = value;
        using var pieces = new BatchPieces(Pieces, new SoleProcess(), model);
        pieces.Serve([new AdamW(model.Parameters())]);
        var error = Assert.Throws<NonFiniteException>(() => pieces.Differentiate(batch, part => Compute(model, part), default));
        // The sums of batch normalisation are of all pieces: each finds that they are not finite.
        Assert.StartsWith(name == "perceptron" ? "piece 5 of 0 to 7 of the batch: " : "piece 0 of 0 to 7 of the batch: ", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void A_piece_that_fails_while_gradients_are_on_their_way_ends_all(int piece)
    {
        // From the second step on they are.
        var error = Assert.Throws<NonFiniteException>(() => ThreadGroup.Run(4, group =>
        {
            var model = Make("attention");
            using var pieces = new BatchPieces(Pieces, group, model);
            var batch = Own(Batch(DataType.Float32), pieces);
            bool isLate = false;
            Tensor LossOf(Batch part)
            {
                var loss = Compute(model, part);
                return isLate && BatchPiece.Current!.Index == piece ? loss / 0.0 : loss;
            }
            var loop = new TrainingLoop(new AdamW(model.Parameters()), () => batch, LossOf, pieces) { AfterStep = () => isLate = true };
            loop.Run(5, default);
            return 0;
        }));
        Assert.StartsWith($"piece {piece} of 0 to 7 of the batch: ", error.Message);
    }

    [Fact]
    public void One_process_that_is_asked_to_stop_stops_all_after_the_same_step()
    {
        var steps = ThreadGroup.Run(4, group =>
        {
            var model = Make("perceptron");
            using var pieces = new BatchPieces(Pieces, group, model);
            var batch = Own(Batch(DataType.Float32), pieces);
            using var source = new CancellationTokenSource();
            bool isSaved = false;
            var loop = new TrainingLoop(new AdamW(model.Parameters()), () => batch, part => Compute(model, part), pieces)
            {
                Interrupted = () => isSaved = true,
            };
            _ = Assert.Throws<OperationCanceledException>(() => loop.Run(
                () =>
                {
                    if (group.Rank == 2 && loop.Step == 2)
                        source.Cancel();
                    return false;
                },
                source.Token));
            Assert.True(isSaved);
            return loop.Step;
        });
        Assert.Equal([3L, 3, 3, 3], steps);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_steps()
    {
        foreach (string name in (string[])["perceptron", "convolution"])
        {
            var model = Make(name);
            using var pieces = new BatchPieces(Pieces, new SoleProcess(), model);
            var batch = Batch(DataType.Float32);
            var loop = new TrainingLoop(new DoPr(new AdamW(model.Parameters()), model), () => batch, part => Compute(model, part), pieces);
            loop.Run(20, default);
            GC.Collect();
            long before = GC.GetTotalMemory(true);
            loop.Run(220, default);
            GC.Collect();
            Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 1 << 20);
        }
    }

    private static Module Make(string name, DataType type = DataType.Float32) => Models[name](type).Initialize(new Philox(5));

    private static Tensor Compute(Module model, Batch batch) => Loss.CrossEntropy(model.Forward(batch.Inputs), batch.Targets);

    private static Batch Batch(DataType type)
    {
        var generator = new Philox(11);
        var inputs = Tensor.Normal([Examples, 18], generator, type: type);
        return new Batch(inputs, Tensor.From([.. Enumerable.Range(0, Examples).Select(i => i % 3)], [Examples]));
    }

    private static Batch Own(Batch batch, BatchPieces pieces)
    {
        var (from, count) = pieces.RowsOf(Examples).GetOffsetAndLength(Examples);
        return new Batch(batch.Inputs.Range(from, count), batch.Targets.Range(from, count));
    }

    private static byte[] State(string name, string kind, IProcessGroup group, bool isGathered)
    {
        byte[] state = [];
        _ = Train(name, kind, group, after: (pieces, one, _) =>
        {
            if (isGathered)
                pieces.GatherState(one);
            var whole = one.State();
            state = [
                .. whole.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.Bytes.ToArray()),
                .. whole.Numbers.SelectMany(pair => BitConverter.GetBytes(pair.Value)),
            ];
        });
        return state;
    }

    private static byte[] Train(
        string name, string kind, IProcessGroup group, bool isStepShared = true, Action<BatchPieces, Optimizer, Module>? after = null, int from = 0,
        int until = Steps, Action<Optimizer, Module>? before = null)
    {
        var model = Make(name);
        var optimizer = Optimizers[kind](model);
        before?.Invoke(optimizer, model);
        optimizer.MaxGradientNorm = 0.5;
        using var pieces = new BatchPieces(Pieces, group, model) { IsStepShared = isStepShared };
        var batch = Own(Batch(DataType.Float32), pieces);
        var losses = new List<double>();
        var loop = new TrainingLoop(optimizer, () => batch, part => Compute(model, part), pieces) { State = new LoopState(from, 0, 0, 0) };
        while (loop.Step < until)
        {
            loop.Run(loop.Step + 1, default);
            losses.Add(loop.LastLoss!.Value);
            losses.Add(optimizer.LastGradientNorm);
        }
        after?.Invoke(pieces, optimizer, model);
        return [.. model.StateDict().SelectMany(pair => pair.Value.Bytes.ToArray()), .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(losses)).ToArray()];
    }

    /// <summary>Gives inputs another shape behind the batch.</summary>
    private sealed class Reshaped(params int[] shape) : Module
    {
        protected override Tensor ForwardCore(Tensor input) => input.Reshape([input.Shape[0], .. shape]);
    }

    /// <summary>Six tokens of the eight from the signs of three numbers each.</summary>
    private sealed class Embedded : Module
    {
        private readonly Embedding _table;

        internal Embedded(DataType type) => _table = RegisterModule("table", new Embedding(8, 8, type: type));

        protected override Tensor ForwardCore(Tensor input)
        {
            int batch = input.Shape[0];
            var tokens = new int[batch * 6];
            for (int i = 0; i < tokens.Length; i++)
            {
                for (int bit = 0; bit < 3; bit++)
                    tokens[i] |= input.ElementAsDouble((i * 3) + bit) > 0 ? 1 << bit : 0;
            }
            return _table.Forward(Tensor.From(tokens, [batch, 6]));
        }
    }
}
