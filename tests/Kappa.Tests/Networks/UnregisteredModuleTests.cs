using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

/// <summary>A module, or a trainable tensor, that a module holds and has not registered.</summary>
public sealed class UnregisteredModuleTests
{
    private static readonly Dictionary<string, (Func<Module> Make, string[] Said)> Cases = new()
    {
        ["field"] = (() => new Holds<Linear>(new Linear(3, 3)), [Line("Linear", "_held")]),
        ["array"] = (() => new Holds<Module[]>([new Linear(3, 3), new ReLU(), new LayerNorm(3)]), [Line("Linear", "_held"), Line("LayerNorm", "_held")]),
        ["list"] = (() => new Holds<List<Module>>([new Dropout(0.5)]), [Line("Dropout", "_held")]),
        ["dictionary"] = (() => new Holds<Dictionary<string, Module>>(new() { ["a"] = new Embedding(2, 2) }), [Line("Embedding", "_held")]),
        ["tuples"] = (() => new Holds<(string, Module)[]>([("a", new PReLU())]), [Line("PReLU", "_held")]),
        ["property"] = (() => new HoldsProperty(new Linear(3, 3)),
            ["HoldsProperty: the Linear in Head is not registered, so that its parameters are neither in Parameters() nor in StateDict(), and Train() and "
            + "Eval() do not reach it. Register it in the constructor by RegisterModule(name, module)"]),
        ["primary constructor"] = (() => new HoldsParameter(new Sequential(new Linear(3, 3))),
            ["HoldsParameter: the Sequential in body is not registered, so that its parameters are neither in Parameters() nor in StateDict(), and Train() and "
            + "Eval() do not reach it. Register it in the constructor by RegisterModule(name, module)"]),
        ["inherited"] = (() => new Derived(new Linear(3, 3)),
            ["Derived: the Linear in _inherited is not registered, so that its parameters are neither in Parameters() nor in StateDict(), and Train() and "
            + "Eval() do not reach it. Register it in the constructor by RegisterModule(name, module)"]),
        ["tensor"] = (() => new Holds<Tensor>(Trainable()),
            ["Holds`1: the tensor in _held requires a gradient and is not registered, so that it is neither in Parameters() nor in StateDict(). Register it in "
            + "the constructor by RegisterParameter(name, tensor)"]),
        ["registered"] = (() => new Registers(new Linear(3, 3)), []),
        ["without state"] = (() => new Holds<Module[]>([new ReLU(), new Sequential(new Tanh(), new Flatten())]), []),
        ["constant"] = (() => new Holds<Tensor>(Tensor.Ones([3])), []),
        ["numbers"] = (() => new Holds<double[]>([1, 2]), []),
        ["nothing"] = (() => new Holds<Linear?>(null), []),
        ["child of a child"] = (() => new HoldsChildOfChild(), []),
        ["parent"] = (() => new Parent(), []),
        ["weight of a registered module"] = (() => new Tied(), []),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_said_once_by_field_and_only_where_something_is_lost(string name)
    {
        var (make, said) = Cases[name];
        Assert.Equal(said, Said(model => model.Forward(Tensor.Ones([1, 3])), make()));
        Assert.Equal(said, Said(model => model.Parameters(), make()));
        Assert.Equal(said, Said(model => model.StateDict(), new Sequential(make())));
        Assert.Equal(said, Said(model => model.Initialize(new Kappa.Randomness.Philox(1)), make()));
    }

    private static string[] Said(Action<Module> use, Module model)
    {
        var said = new List<string>();
        using (Warnings.To(said.Add))
        {
            use(model);
            use(model);
            _ = model.Parameters();
        }

        return [.. said];
    }

    private static string Line(string type, string field) =>
        $"Holds`1: the {type} in {field} is not registered, so that its parameters are neither in Parameters() nor in StateDict(), and Train() and Eval() do "
            + "not reach it. Register it in the constructor by RegisterModule(name, module)";

    private static Tensor Trainable()
    {
        var tensor = Tensor.Ones([3]);
        tensor.RequiresGradient = true;
        return tensor;
    }

    private abstract class Identity : Module
    {
        protected override Tensor ForwardCore(Tensor input) => input;
    }

    private sealed class Holds<T>(T held) : Identity
    {
        private readonly T _held = held;

        internal T Held => _held;
    }

    private sealed class HoldsProperty(Linear head) : Identity
    {
        internal Linear Head { get; } = head;
    }

    private sealed class HoldsParameter(Module body) : Module
    {
        protected override Tensor ForwardCore(Tensor input) => body.Forward(input);
    }

    private abstract class Base(Linear layer) : Identity
    {
        private readonly Linear _inherited = layer;

        internal Linear Layer => _inherited;
    }

    private sealed class Derived(Linear layer) : Base(layer);

    private sealed class Registers : Identity
    {
        private readonly Linear _layer;
        private readonly Module[] _all;

        internal Registers(Linear layer)
        {
            _layer = RegisterModule("layer", layer);
            _all = [_layer];
        }

        internal int Count => _all.Length;
    }

    private sealed class HoldsChildOfChild : Identity
    {
        internal HoldsChildOfChild() => Inner = (Linear)RegisterModule("sequence", new Sequential(new Linear(3, 3))).Children[0].Module;

        internal Linear Inner { get; }
    }

    private sealed class Parent : Identity
    {
        internal Parent() => RegisterModule("child", new Child(this));

        private sealed class Child(Parent parent) : Identity
        {
            internal Parent Above { get; } = parent;
        }
    }

    private sealed class Tied : Identity
    {
        internal Tied() => Head = RegisterModule("embedding", new Embedding(3, 3)).Weight;

        internal Tensor Head { get; }
    }
}
