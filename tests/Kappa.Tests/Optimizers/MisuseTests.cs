using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Training;

namespace Kappa.Tests.Optimizers;

/// <summary>What trains, and not as meant: refused where nothing could come of it, otherwise said once, by name.</summary>
public sealed class MisuseTests
{
    private static readonly Dictionary<string, Action<Optimizer, Module>> Wrappers = new()
    {
        ["DoPr"] = (optimizer, model) => new DoPr(optimizer, model).Dispose(),
        ["ReDo"] = (optimizer, model) => new ReDo(optimizer, model, new Philox(1)).Dispose(),
        ["ContinualBackpropagation"] = (optimizer, model) => new ContinualBackpropagation(optimizer, model, new Philox(1)).Dispose(),
        // A loss that is not finite ends the test in front of its first step.
        ["LearningRateRangeTest.Run"] = (optimizer, model) => LearningRateRangeTest.Run(model, optimizer, () => Tensor.Scalar(double.NaN)),
        ["Trainer"] = (optimizer, model) => _ = new Trainer(model, optimizer, new TrainerOptions { Steps = 1 }),
        ["PathConditioning.Rescale"] = (optimizer, model) => PathConditioning.Rescale(model, optimizer),
    };

    public static TheoryData<string> Names => [.. Wrappers.Keys];

    [Fact]
    public void Everything_in_the_library_that_takes_a_model_beside_an_optimizer_has_a_case()
    {
        var all = typeof(Optimizer).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetConstructors().Cast<System.Reflection.MethodBase>()
                .Concat(type.GetMethods().Where(method => method.DeclaringType == type)))
            .Where(method => method.GetParameters() is var takes && takes.Any(p => p.ParameterType == typeof(Optimizer))
                && takes.Any(p => p.ParameterType == typeof(Module)))
            .Select(method => method.IsConstructor ? method.DeclaringType!.Name : $"{method.DeclaringType!.Name}.{method.Name}").Distinct();
        // A checkpoint matches what it saves and loads by name.
        Assert.Equal([.. Wrappers.Keys.Order(StringComparer.Ordinal)],
            all.Where(name => !name.StartsWith("Checkpoint.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_that_holds_none_of_the_optimizers_parameters_is_refused_and_nothing_is_changed(string wrapper)
    {
        var (a, b) = (Network(1), Network(2));
        var optimizer = new AdamW(a.Parameters());
        float[] before = Values(b);
        var error = Assert.Throws<ArgumentException>(() => Wrappers[wrapper](optimizer, b));
        Assert.StartsWith(
            $"{wrapper}: the model holds none of the parameters that AdamW trains (0.weight, 0.bias, 2.weight, 2.bias), so {wrapper} would do nothing to what "
            + "is trained. Make the optimizer from the Parameters() of this model, or give the model that it was made from",
            error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Values(b));
        Assert.Null(((Linear)b.Children[0].Module).Weight.Observer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_that_holds_some_is_said_once(string wrapper)
    {
        var (a, b) = (Network(1), Network(2));
        Parameter[] parameters = [.. a.Parameters(), .. b.Parameters().Select(parameter => new Parameter($"other.{parameter.Name}", parameter.Tensor))];
        var optimizer = new AdamW(parameters);
        string[] said = Said(() =>
        {
            Wrappers[wrapper](optimizer, a);
            Wrappers[wrapper](optimizer, a);
        });
        Assert.Equal(
            [$"{wrapper}: the model does not hold other.0.weight, other.0.bias, other.2.weight, other.2.bias, which AdamW trains too: {wrapper} does nothing "
            + "to them. Give a model that holds them, or train them by an optimizer of their own"], said);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_method_that_acts_on_what_its_optimizer_does_not_train_says_so_once_unless_it_is_frozen(string wrapper)
    {
        var model = Network(1);
        var optimizer = new AdamW([.. model.Parameters().Where(parameter => parameter.Name.StartsWith("2.", StringComparison.Ordinal))]);
        string[] said = Said(() =>
        {
            Wrappers[wrapper](optimizer, model);
            Wrappers[wrapper](optimizer, model);
        });
        string names = wrapper is "PathConditioning.Rescale" or "LearningRateRangeTest.Run" or "Trainer" ? "0.weight, 0.bias" : "0.weight";
        Assert.Equal(
            [$"{wrapper} acts on {names}, which AdamW does not train. Give them to the optimizer, freeze them by RequiresGradient = false, or leave them out "
            + $"of the model that {wrapper} is given"], said);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_and_its_own_optimizer_give_no_cause_to_say_anything(string wrapper)
    {
        var model = Network(1);
        var optimizer = new AdamW(model.Parameters());
        Assert.Empty(Said(() =>
        {
            Wrappers[wrapper](optimizer, model);
            Step(model, optimizer);
        }));
    }

    [Fact]
    public void The_options_of_DoPr_hear_of_it_where_they_listen()
    {
        var (a, b) = (Network(1), Network(2));
        var optimizer = new AdamW([.. a.Parameters(), new Parameter("extra", ((Linear)b.Children[0].Module).Weight)]);
        var heard = new List<string>();
        Assert.Empty(Said(() => new DoPr(optimizer, a, new DoPrOptions { OnWarning = heard.Add }).Dispose()));
        Assert.StartsWith("DoPr: the model does not hold extra", Assert.Single(heard), StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_never_ran_is_named_once()
    {
        var model = Network(1);
        var unused = new Linear(3, 3);
        var optimizer = new AdamW(
            [.. model.Parameters(), .. unused.Parameters().Select(parameter => new Parameter($"unused.{parameter.Name}", parameter.Tensor))]);
        string[] said = Said(() =>
        {
            Step(model, optimizer);
            Step(model, optimizer);
        });
        Assert.Equal(
            ["AdamW: no gradient in the first step, and so no update, for unused.weight, unused.bias. Did the layers run? If a layer was replaced after the "
            + "optimizer was made, make the optimizer anew"], said);
    }

    [Fact]
    public void A_layer_that_rests_later_is_not_a_mistake()
    {
        var (a, b) = (Network(1), Network(2));
        var optimizer = new SGD([.. a.Parameters(), .. b.Parameters().Select(parameter => new Parameter($"other.{parameter.Name}", parameter.Tensor))], 0.1);
        Assert.Empty(Said(() =>
        {
            Loss.MeanSquaredError(a.Forward(Tensor.Ones([2, 3])) + b.Forward(Tensor.Ones([2, 3])), Tensor.Zeros([2, 2])).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            Step(a, optimizer);
            Step(b, optimizer);
        }));
    }

    [Fact]
    public void Frozen_parameters_are_named_once()
    {
        var model = Network(1);
        ((Linear)model.Children[0].Module).Weight.RequiresGradient = false;
        var optimizer = new SGD(model.Parameters(), 0.1);
        string[] said = Said(() =>
        {
            Step(model, optimizer);
            Step(model, optimizer);
        });
        Assert.Equal(
            ["SGD: frozen, since RequiresGradient is false: 0.weight. Leave them out of the optimizer, or set RequiresGradient before the forward pass"], said);
    }

    [Fact]
    public void A_layer_added_or_replaced_after_the_optimizer_was_made_is_named_once_whenever_that_was()
    {
        var model = new Growing();
        var optimizer = new SGD(model.Parameters(), 0.1);
        Assert.Empty(Said(() => Step(model, optimizer)));
        model.Grow();
        string[] said = Said(() =>
        {
            Step(model, optimizer);
            Step(model, optimizer);
        });
        Assert.Equal(
            ["SGD: gradients that no optimizer uses, for the model's layer1.weight, layer1.bias. Make the optimizer after the model is complete, give them to "
            + "one, or freeze them by RequiresGradient = false"], said);
        // Parts with optimizers of their own are trained.
        var other = new SGD(((Module)model.Children[1].Module).Parameters(), 0.1);
        model.Grow();
        Assert.Contains("layer2.weight", Assert.Single(Said(() => Step(model, other))), StringComparison.Ordinal);
    }

    [Fact]
    public void An_optimizer_that_is_stepped_past_its_wrapper_says_so_until_the_wrapper_is_gone()
    {
        var model = Network(1);
        var adam = new AdamW(model.Parameters());
        using var redo = new ReDo(adam, model, new Philox(1));
        string[] said = Said(() =>
        {
            Step(model, redo);
            Step(model, adam);
            Step(model, adam);
        });
        Assert.Equal(["AdamW.Step leaves out what ReDo(AdamW) adds, which was wrapped around it: step that one, or Dispose() it first"], said);
        redo.Dispose();
        Assert.Empty(Said(() => Step(model, adam)));
    }

    [Fact]
    public void A_parameter_in_two_groups_and_two_of_one_name_are_refused_and_told_apart()
    {
        var (a, b) = (Network(1), Network(2));
        var parameters = a.Parameters();
        Assert.StartsWith(
            "the parameter \"0.bias\" was given twice, in the parameter groups 0 and 1; an optimizer takes each once, in one group",
            Assert.Throws<ArgumentException>(() =>
                new AdamW([new ParameterGroup([.. parameters.Take(2)]), new ParameterGroup([.. parameters.Skip(1)])])).Message, StringComparison.Ordinal);
        var group = new ParameterGroup(parameters);
        Assert.Contains("in the parameter groups 0 and 1", Assert.Throws<ArgumentException>(() => new AdamW([group, group])).Message, StringComparison.Ordinal);
        Assert.StartsWith("the parameter \"0.bias\" was given twice; an optimizer takes each once",
            Assert.Throws<ArgumentException>(() => new AdamW([parameters[1], parameters[1]])).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "two parameters are named \"0.weight\", and an optimizer knows each by its name. Put their modules into one, or name one anew: new "
            + "Parameter(\"other.0.weight\", tensor)",
            Assert.Throws<ArgumentException>(() => new AdamW([.. parameters, .. b.Parameters()])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_backward_passes_without_clearing_in_between_add_up_without_a_word()
    {
        var model = Network(1);
        var optimizer = new SGD(model.Parameters(), 0.1);
        Assert.Empty(Said(() =>
        {
            Loss.MeanSquaredError(model.Forward(Tensor.Ones([2, 3])), Tensor.Zeros([2, 2])).Backward();
            Step(model, optimizer);
        }));
    }

    [Fact]
    public async Task Warnings_go_back_to_whoever_heard_them_before()
    {
        var (outer, inner) = (new List<string>(), new List<string>());
        using (Warnings.To(outer.Add))
        {
            using (Warnings.To(inner.Add))
                Warnings.Say("first");
            await Task.Run(() => Warnings.Say("second"));
        }

        Assert.Equal(["first"], inner);
        Assert.Equal(["second"], outer);
    }

    private static string[] Said(Action work)
    {
        var said = new List<string>();
        using (Warnings.To(said.Add))
            work();
        return [.. said];
    }

    private static void Step(Module model, Optimizer optimizer)
    {
        using var scope = TensorScope.Begin();
        var y = model.Forward(Tensor.Normal([4, 3], new Philox(3)));
        Loss.MeanSquaredError(y, Tensor.Zeros(y.Shape)).Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
    }

    private static Sequential Network(ulong seed)
    {
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
        _ = model.Initialize(new Philox(seed));
        return model;
    }

    private static float[] Values(Module model) => [.. model.Parameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];

    private sealed class Growing : Module
    {
        private readonly List<Linear> _layers = [];

        internal Growing() => Grow();

        internal void Grow() => _layers.Add(RegisterModule($"layer{_layers.Count}", new Linear(3, 3)));

        protected override Tensor ForwardCore(Tensor input) => _layers.Aggregate(input, (x, layer) => layer.Forward(x));
    }
}
