using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

/// <summary>The first use of a module, by several threads at once, and after values were set.</summary>
public sealed class FirstUseTests
{
    private const int Rounds = 20;

    /// <summary>Every kind of module, 20 new ones each: together over six hundred.</summary>
    [Theory]
    [MemberData(nameof(NetworkCases.Names), MemberType = typeof(NetworkCases))]
    public void Two_threads_see_what_one_thread_sees(string name) =>
        Assert.Equal(0, Differences(name, threads: 2, Rounds, (_, model, input) => Output(model, input)));

    [Theory]
    [MemberData(nameof(NetworkCases.Names), MemberType = typeof(NetworkCases))]
    public void So_do_five_threads_of_which_some_ask_for_parameters_and_state(string name) =>
        Assert.Equal(0, Differences(name, threads: 5, Rounds / 4, (thread, model, input) =>
    {
        if (thread == 1)
            _ = model.Parameters();
        if (thread == 2)
            _ = model.StateDict();
        if (thread == 3)
            model.LoadStateDict([], strict: false);
        return Output(model, input);
    }));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Parts_that_two_models_share_are_drawn_once(int threads)
    {
        for (int round = 0; round < 100; round++)
        {
            var shared = new Linear(6, 5);
            // Both know the part by one path, so that it does not matter whose first use draws it.
            Sequential[] models = [.. Enumerable.Range(0, threads).Select(_ => new Sequential(shared, new Tanh()))];
            using var input = Tensor.Normal([4, 6], new Philox(77));
            double[][] outputs = Together(threads, thread => Output(models[thread], input));
            Assert.All(outputs, output => Assert.Equal(Output(new Sequential(shared, new Tanh()), input), output));
            var expected = new Sequential(new Linear(6, 5), new Tanh());
            Assert.Equal(Output(expected, input), outputs[0]);
        }
    }

    [Fact]
    public void Dropout_that_two_threads_train_draws_each_mask_once()
    {
        using var input = Tensor.Ones([64]);
        var alone = new Dropout(0.5);
        string[] expected = [.. Enumerable.Range(0, 400).Select(_ => string.Concat(alone.Forward(input).ToArray<float>())).Order(StringComparer.Ordinal)];
        var shared = new Dropout(0.5);
        string[][] masks = Together(4, _ => Enumerable.Range(0, 100).Select(_ => string.Concat(shared.Forward(input).ToArray<float>())).ToArray());
        Assert.Equal(expected, masks.SelectMany(mask => mask).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Batch_normalisation_that_two_threads_train_counts_every_batch()
    {
        // Each batch moves the running mean by the same share towards 1, whichever thread it comes from.
        var layer = new BatchNorm1d(1, momentum: 0.01, type: DataType.Float64);
        using var input = Tensor.From([0.0, 2.0], [2, 1]);
        _ = Together(4, thread =>
        {
            int steps = 0;
            for (; steps < 200; steps++)
                layer.Forward(input).Dispose();
            return steps;
        });
        Assert.Equal(1 - Math.Pow(0.99, 800), layer.RunningMean.ToDouble(), 1e-12);
    }

    /// <summary>Every tensor that a module has, written before the module was used in any other way.</summary>
    [Theory]
    [MemberData(nameof(NetworkCases.Names), MemberType = typeof(NetworkCases))]
    public void What_was_set_before_the_first_use_stays(string name)
    {
        var names = NetworkCases.Make(name).StateDict().Names;
        foreach (string tensor in names)
        {
            var model = NetworkCases.Make(name);
            model.Eval();
            double[] set = Set(Find(model, tensor));
            _ = Output(model, NetworkCases.Input(name));
            Assert.Equal(set, Numbers(model.StateDict()[tensor]));
        }
    }

    [Fact]
    public void Running_statistics_that_were_set_before_the_first_use_stay()
    {
        foreach (Func<BatchNorm> make in (Func<BatchNorm>[])[() => new BatchNorm1d(3), () => new BatchNorm2d(3)])
        {
            foreach (Action<Module> use in (Action<Module>[])[m => m.Parameters(), m => m.StateDict(), m => new Sequential(m).StateDict(),
                m => new Sequential(m).Parameters()])
            {
                var layer = make();
                layer.RunningMean.CopyFromInPlace(Tensor.From([1f, 2f, 3f]));
                layer.RunningVariance.Values<float>().Fill(4);
                use(layer);
                Assert.Equal([1f, 2f, 3f], layer.RunningMean.ToArray<float>());
                Assert.Equal([4f, 4f, 4f], layer.RunningVariance.ToArray<float>());
            }
        }
    }

    [Fact]
    public void A_module_registered_after_the_first_use_is_drawn_at_its_own()
    {
        var parent = new Growing();
        _ = parent.Forward(Tensor.Ones([1, 3]));
        parent.Grow();
        double[][] outputs = Together(4, _ => Output(parent, Tensor.Ones([1, 3])));
        var whole = new Growing();
        whole.Grow();
        Assert.All(outputs, output => Assert.Equal(Output(whole, Tensor.Ones([1, 3])), output));
    }

    /// <summary>The second thread comes while the first one is in the midst of drawing, however fast the machine is.</summary>
    [Theory]
    [InlineData("forward")]
    [InlineData("parameters")]
    [InlineData("state")]
    [InlineData("weight")]
    [InlineData("part")]
    public void A_thread_that_comes_while_another_one_draws_waits_for_the_values(string use)
    {
        using var drawing = new ManualResetEventSlim();
        var layer = new Linear(3, 2, initializer: new Slow(drawing));
        var model = new Sequential(new Sequential(layer));
        var first = new Thread(() => model.Forward(Tensor.Ones([1, 3])));
        first.Start();
        drawing.Wait();
        Assert.Equal([1.0, 1, 1, 1, 1, 1], Numbers(use switch
        {
            "forward" => model.Forward(Tensor.From([1f, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3])),
            "parameters" => model.Parameters()[0].Tensor,
            "state" => model.StateDict()["0.0.weight"],
            "part" => new Sequential(layer).Parameters()[0].Tensor,
            _ => layer.Weight,
        }));
        first.Join();
    }

    [Fact]
    public void An_initialisation_that_fails_is_tried_again_at_the_next_use()
    {
        var layer = new Linear(3, 2, initializer: new FailsOnce());
        _ = Assert.Throws<InvalidOperationException>(() => layer.Forward(Tensor.Ones([1, 3])));
        Assert.Equal([3.0, 3.0], Output(layer, Tensor.Ones([1, 3])));
    }

    private static int Differences(string name, int threads, int rounds, Func<int, Module, Tensor, double[]> use)
    {
        using var input = NetworkCases.Input(name);
        var expected = NetworkCases.Make(name);
        expected.Eval();
        double[] output = Output(expected, input);
        double[] state = State(expected);
        int differences = 0;
        for (int round = 0; round < rounds; round++)
        {
            var model = NetworkCases.Make(name);
            model.Eval();
            double[][] outputs = Together(threads, thread => use(thread, model, input));
            differences += outputs.All(other => other.SequenceEqual(output)) && State(model).SequenceEqual(state) ? 0 : 1;
        }

        return differences;
    }

    private static T[] Together<T>(int threads, Func<int, T> work)
    {
        var results = new T[threads];
        int arrived = 0;
        Thread[] running = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            // Awake when the last one comes, so that they begin within nanoseconds of each other where there are processors for it; where there are
            // not, the last one waits for a processor of these.
            _ = Interlocked.Increment(ref arrived);
            for (int turn = 0; Volatile.Read(ref arrived) < threads; turn++)
            {
                if (turn % 1000 == 999)
                    _ = Thread.Yield();
                else
                    Thread.SpinWait(1);
            }
            results[thread] = work(thread);
        }))];
        foreach (var thread in running)
            thread.Start();
        foreach (var thread in running)
            thread.Join();
        return results;
    }

    private static double[] Output(Module model, Tensor input) => Numbers(model.Forward(input));

    private static double[] State(Module model) => [.. model.StateDict().SelectMany(entry => Numbers(entry.Value))];

    private static double[] Numbers(Tensor tensor) => [.. Enumerable.Range(0, tensor.Count).Select(tensor.ElementAsDouble)];

    /// <summary>A tensor, through the public property of the layer where it has one, and by the layer's own state otherwise.</summary>
    private static Tensor Find(Module model, string path)
    {
        int dot = path.LastIndexOf('.');
        var module = dot < 0 ? model : model.Modules().Single(entry => entry.Path == path[..dot]).Module;
        return (module, path[(dot + 1)..]) switch
        {
            (Linear linear, "weight") => linear.Weight,
            (Linear linear, "bias") => linear.Bias!,
            (Conv2d convolution, "weight") => convolution.Weight,
            (Conv2d convolution, "bias") => convolution.Bias!,
            (Embedding embedding, "weight") => embedding.Weight,
            (BatchNorm norm, "running_mean") => norm.RunningMean,
            (BatchNorm norm, "running_var") => norm.RunningVariance,
            (_, var name) => module.StateDict()[name],
        };
    }

    private static double[] Set(Tensor tensor)
    {
        for (int i = 0; i < tensor.Count; i++)
            tensor.SetElement(i, i + 2);
        return Numbers(tensor);
    }

    private sealed class Slow(ManualResetEventSlim drawing) : Initializer
    {
        protected override Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator)
        {
            drawing.Set();
            Thread.Sleep(50);
            return Tensor.Ones(shape, type);
        }
    }

    private sealed class FailsOnce : Initializer
    {
        private bool _failed;

        protected override Tensor Draw(Shape shape, int fanIn, int fanOut, DataType type, Philox generator)
        {
            if (_failed)
                return Tensor.Ones(shape, type);
            _failed = true;
            throw new InvalidOperationException("the first attempt fails");
        }
    }

    private sealed class Growing : Module
    {
        private readonly List<Linear> _layers = [];

        internal Growing() => Grow();

        internal void Grow() => _layers.Add(RegisterModule($"layer{_layers.Count}", new Linear(3, 3)));

        protected override Tensor ForwardCore(Tensor input) => _layers.Aggregate(input, (x, layer) => layer.Forward(x));
    }
}
