using FsCheck;
using FsCheck.Fluent;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

/// <summary>Networks wired at random: sums, concatenations, slices, pooling, norms, activations that are homogeneous and some that are not, weights used
/// twice.</summary>
public class RandomNetworkTests
{
    [Fact]
    public void Rescaling_any_wiring_keeps_the_function_and_never_increases_the_criterion()
    {
        var seeds = Gen.Choose(0, 1_000_000).ToArbitrary();
        int rescaled = 0;
        Prop.ForAll(seeds, seed => rescaled += Check(seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(20_260_219, 1));
        Assert.True(rescaled > 100, $"only {rescaled} of 150 random networks had a unit to rescale");
    }

    private static int Check(int seed)
    {
        using var scope = TensorScope.Begin();
        var model = new RandomNetwork(seed);
        _ = model.Initialize(new Philox((ulong)seed));
        var x = Tensor.Normal([3, .. RandomNetwork.Input], new Philox(1), type: DataType.Float64);
        var options = new RescalingOptions { InputShape = RandomNetwork.Input, Verify = false, Sweeps = 50 };
        using var quiet = NoGradient.Begin();
        foreach (bool random in (bool[])[true, false])
        {
            model.Eval();
            var eval = model.Forward(x);
            model.Train();
            var train = model.Forward(x);
            try
            {
                if (random)
                {
                    _ = PathConditioning.ResetRandomly(model, new Philox(2), 1, options);
                }
                else
                {
                    var result = PathConditioning.Rescale(model, options);
                    double last = result.CriterionBefore;
                    foreach (double criterion in result.CriterionHistory)
                    {
                        Assert.True(criterion <= last + (1e-11 * Math.Abs(last)), $"seed {seed}: {last} -> {criterion}");
                        last = criterion;
                    }
                }
            }
            catch (NotRescalableException)
            {
                return 0;
            }

            // Training goes first: it moves the running statistics, which the evaluation above did not see.
            Assert.True(Error(train, model.Forward(x)) < 1e-9, $"seed {seed}, training: {model}");
            model.RestoreStatistics();
            model.Eval();
            Assert.True(Error(eval, model.Forward(x)) < 1e-9, $"seed {seed}, evaluation: {model}");
        }

        return 1;
    }

    private static double Error(Tensor expected, Tensor got)
    {
        double size = Math.Max(1e-300, Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.ElementAsDouble(i))));
        return Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.ElementAsDouble(i) - got.ElementAsDouble(i))) / size;
    }

    private sealed class RandomNetwork : Module
    {
        private const DataType Type = DataType.Float64;
        private readonly List<Func<List<Tensor>, Tensor>> _steps = [];
        private readonly List<(Tensor Tensor, Tensor Start)> _statistics = [];
        private readonly List<string> _names = [];
        private readonly Linear _head;

        internal RandomNetwork(int seed)
        {
            var draw = new Philox((ulong)seed).Split("wiring");
            // Channels of what has been made so far; all images are 4 x 4.
            var channels = new List<int> { Input[0] };
            int count = 4 + draw.NextInt32(8);
            for (int i = 0; i < count; i++)
                Add(i, channels, draw);
            _head = RegisterModule("head", new Linear(channels[^1], 2, type: Type));
        }

        internal static int[] Input { get; } = [2, 4, 4];

        internal void RestoreStatistics()
        {
            foreach (var (tensor, start) in _statistics)
                tensor.CopyFromInPlace(start);
        }

        public override string ToString() => string.Join(" ", _names);

        protected override Tensor ForwardCore(Tensor input)
        {
            var made = new List<Tensor> { input };
            foreach (var step in _steps)
                made.Add(step(made));
            return _head.Forward(made[^1].GlobalAvgPool2d());
        }

        private void Add(int index, List<int> channels, Philox draw)
        {
            int a = Math.Max(0, channels.Count - 1 - draw.NextInt32(3)), b = draw.NextInt32(channels.Count);
            int kind = draw.NextInt32(14), size = channels[a];
            switch (kind)
            {
                case 0 or 1 or 2 or 3:
                    int outputs = 1 + draw.NextInt32(5);
                    var convolution = RegisterModule($"conv{index}", new Conv2d(size, outputs, 3, padding: 1, bias: draw.NextInt32(2) == 0, type: Type));
                    bool relu = draw.NextInt32(4) > 0;
                    Step($"conv({a})", made => relu ? convolution.Forward(made[a]).Relu() : convolution.Forward(made[a]), outputs);
                    break;
                case 4:
                    var grouped = RegisterModule($"grouped{index}", new Conv2d(size, 2 * size, 1, groups: size, type: Type));
                    Step($"grouped({a})", made => grouped.Forward(made[a]).Relu(), 2 * size);
                    break;
                case 5:
                    var norm = RegisterModule($"norm{index}", new BatchNorm2d(size, type: Type));
                    _statistics.AddRange([(norm.RunningMean, norm.RunningMean.Clone().Keep()), (norm.RunningVariance, norm.RunningVariance.Clone().Keep())]);
                    Step($"norm({a})", made => norm.Forward(made[a]).Relu(), size);
                    break;
                case 6 or 7 when channels[b] == size:
                    Step($"add({a},{b})", made => (made[a] + made[b]).Relu(), size);
                    break;
                case 6 or 7 or 8:
                    Step($"concat({a},{b})", made => Tensor.Concat(1, made[a], made[b]), size + channels[b]);
                    break;
                case 9:
                    int first = draw.NextInt32(size), length = 1 + draw.NextInt32(size - first);
                    Step($"slice({a},{first},{length})", made => made[a].Slice(1, first, length), length);
                    break;
                case 10:
                    var prelu = RegisterModule($"prelu{index}", new PReLU(draw.NextInt32(2) == 0 ? 1 : size, Type));
                    Step($"prelu({a})", made => prelu.Forward(made[a]), size);
                    break;
                case 11:
                    Step($"maxpool({a})", made => made[a].MaxPool2d(3, 1, 1), size);
                    break;
                case 12:
                    Step($"difference({a})", made => made[a].Abs() - (made[a] * -0.5), size);
                    break;
                default:
                    // Not homogeneous, or a weight that two places share.
                    if (draw.NextInt32(2) == 0)
                    {
                        Step($"tanh({a})", made => made[a].Tanh(), size);
                        break;
                    }

                    var shared = RegisterModule($"shared{index}", new Conv2d(size, size, 1, type: Type));
                    Step($"shared({a})", made => shared.Forward(shared.Forward(made[a]).Relu()).Relu(), size);
                    break;
            }

            void Step(string name, Func<List<Tensor>, Tensor> run, int to)
            {
                _names.Add(name);
                _steps.Add(run);
                channels.Add(to);
            }
        }
    }
}
