using System.Globalization;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.TorchSharp.Sharing;
using Kappa.TorchSharp.State;
using Kappa.TorchSharp.Watching;
using TorchSharp;
using TorchSharp.Modules;
using Parameter = TorchSharp.Modules.Parameter;

namespace Kappa.TorchSharp;

/// <summary>An optimizer of Kappa's for parameters of TorchSharp: it steps them in place, over libtorch's memory.</summary>
/// <remarks>
/// <para>Learning rates and weight decays are those of <c>ParamGroups</c>, so that schedulers of <c>torch.optim.lr_scheduler</c> drive it as
/// any other. Its state goes through <c>state_dict()</c>, <c>load_state_dict</c> and <c>save_state_dict</c>, and resumes to the same bits.</para>
/// <para>On the host the kernels are Kappa's, elsewhere libtorch's. Gradients have to be finite: a step by one that is not is an error that names the
/// parameter, and changes nothing. Not thread-safe.</para>
/// </remarks>
public abstract class TorchOptimizer : OptimizerHelper
{
    private readonly SharedParameter[] _shared;
    private readonly LayerWatcher[] _watchers;

    private protected TorchOptimizer(IEnumerable<KappaGroup> groups, double lr, Func<IReadOnlyList<ParameterGroup>, Optimizers.Optimizer> make)
    {
        KappaGroup[] all = Groups(groups, lr);
        int number = 0;
        var shared = all.Select(group => group.Parameters.Zip(
            group.Names, (parameter, name) => new SharedParameter(name.Length > 0 ? name : Number(number++), parameter)).ToArray()).ToArray();
        _shared = [.. shared.SelectMany(group => group)];
        _watchers = [];
        RequireOnce(_shared);
        Inner = make([.. shared.Select(group => new ParameterGroup([.. group.Select(Own)]))]);
        Begin(all);
    }

    private protected TorchOptimizer(
        torch.nn.Module model, double lr, Func<IReadOnlyList<Networks.Parameter>, Module, Optimizers.Optimizer> make)
    {
        ArgumentNullException.ThrowIfNull(model);
        var mirror = Mirror.Of(model);
        _shared = [.. mirror.Parameters];
        RequireOnce(_shared);
        KappaGroup[] all = Groups([new KappaGroup(mirror.Parameters.Select(shared => (shared.Name, (Parameter)shared.Theirs)))], lr);
        Inner = make([.. _shared.Select(Own)], mirror.Root);
        _watchers = [.. mirror.Watched.Select(layer => new LayerWatcher(layer.Path, layer.Theirs, [layer.Weight]))];
        Begin(all);
    }

    /// <summary>The optimizer of Kappa's, with what it says of its last step.</summary>
    public Optimizers.Optimizer Inner { get; }

    /// <summary>Not supported: the optimizer keeps what it knows of each parameter from the start.</summary>
    /// <param name="param_group">The group.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override void add_param_group(ParamGroup param_group) => throw new NotSupportedException(
        $"{GetType().Name} takes its groups when it is made. Make a new one with the further group, and load the state of those that stay");

    /// <summary>Changes every parameter that has a gradient, once.</summary>
    /// <param name="closure">Computes the loss and its gradients; null where they are there.</param>
    /// <returns>What the closure returns; null without one.</returns>
    /// <exception cref="NonFiniteException">A gradient, or a parameter, is NaN or infinite; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">No parameter has a gradient.</exception>
    public sealed override torch.Tensor? step(Func<torch.Tensor>? closure = null)
    {
        torch.Tensor? loss = null;
        if (closure is not null)
        {
            using var recording = torch.enable_grad();
            loss = closure();
        }

        using var scope = TensorScope.Begin();
        foreach (var watcher in _watchers)
            watcher.RequireNoFault();
        foreach (var parameter in _shared)
            parameter.TakeGradient();
        foreach (var parameter in _shared)
            _ = parameter.Complete();
        SetRates();
        Inner.Step();
        Forget();
        return loss;
    }

    /// <summary>Clears the gradients.</summary>
    public sealed override void zero_grad()
    {
        base.zero_grad();
        Forget();
    }

    /// <summary>Stops watching the model.</summary>
    /// <param name="disposing">Whether it was asked for.</param>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Forget();
            foreach (var watcher in _watchers)
                watcher.Dispose();
            (Inner as IDisposable)?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static KappaGroup[] Groups(IEnumerable<KappaGroup> groups, double lr)
    {
        ArgumentNullException.ThrowIfNull(groups);
        KappaGroup[] all = [.. groups];
        foreach (var group in all)
        {
            group.Options.LearningRate ??= lr;
            group.Options.InitialLearningRate = group.Options.LearningRate.Value;
        }

        return all;
    }

    private static void RequireOnce(IReadOnlyList<SharedParameter> parameters)
    {
        foreach (var same in parameters.GroupBy(parameter => parameter.Identity).Where(same => same.Count() > 1))
        {
            throw new ArgumentException(
                $"{string.Join(" and ", same.Select(parameter => parameter.Name))} are one parameter. Give each once, as by "
                + "DistinctBy, or of a tied weight one of its names alone", nameof(parameters));
        }
    }

    private static Networks.Parameter Own(SharedParameter shared) => new(shared.Name, shared.Ours);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Begin(KappaGroup[] groups)
    {
        _parameter_groups = [.. groups];
        _defaults = groups[0].Options;
        bool isFirst = true;
        foreach (var parameter in groups.SelectMany(group => group.Parameters))
        {
            _state[parameter.Handle] = isFirst ? new CarriedState(parameter, Inner.State, Inner.Load) : new NoState(parameter);
            isFirst = false;
        }
    }

    /// <summary>Kappa's groups have scales of one rate, TorchSharp's have rates.</summary>
    private void SetRates()
    {
        double rate = _parameter_groups.Max(group => group.LearningRate);
        Inner.LearningRate = rate;
        for (int i = 0; i < Inner.Groups.Count; i++)
        {
            var group = (KappaGroup)_parameter_groups[i];
            Inner.Groups[i].LearningRateScale = rate == 0 ? 1 : group.LearningRate / rate;
            Inner.Groups[i].WeightDecay = group.Options.WeightDecay;
        }
    }

    private void Forget()
    {
        foreach (var parameter in _shared)
            parameter.Forget();
        foreach (var watcher in _watchers)
            watcher.Forget();
    }
}
