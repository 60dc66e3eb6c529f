namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>Proximal policy optimisation with a Gaussian policy: a network for the mean of actions, one for the value, and a free standard deviation for each
/// action.</summary>
/// <remarks>Each iteration runs whole episodes, estimates advantages (generalised advantage estimation, normalised over the iteration), and takes several
/// passes over the steps in minibatches: the clipped objective with an entropy bonus for the policy, the squared error for the value. Observations are
/// standardised by what was seen so far. Every random choice comes from the generator given to <see cref="Iterate"/>.</remarks>
internal sealed class PpoAgent
{
    private readonly PpoSettings _settings;
    private readonly Optimizer[] _optimizers;

    /// <summary>Makes an agent of networks that are initialised: the mean of actions, <c>[batch, observation]</c> to <c>[batch, action]</c>, the value,
    /// <c>[batch, observation]</c> to <c>[batch, 1]</c>, and the logarithms of standard deviations.</summary>
    internal PpoAgent(
        PpoSettings settings, Module policy, Module value, ActionSpread spread, (Optimizer Policy, Optimizer Value, Optimizer Spread) optimizers,
        int observationSize)
    {
        SettingsOf<PpoSettings>.Check(settings);
        (_settings, Policy, Value, Spread, Scale) = (settings, policy, value, spread, new RunningScale(observationSize));
        _optimizers = [optimizers.Policy, optimizers.Value, optimizers.Spread];
        foreach (var optimizer in _optimizers)
            optimizer.MaxGradientNorm = settings.MaxGradientNorm;
    }

    internal RunningScale Scale { get; }

    private Module Policy { get; }

    private Module Value { get; }

    private ActionSpread Spread { get; }

    /// <summary>Runs episodes, one in each environment, and learns from them.</summary>
    /// <returns>The mean return of the episodes, before learning.</returns>
    /// <exception cref="NonFiniteException">A loss or gradient is NaN or infinite.</exception>
    internal double Iterate(IReadOnlyList<ControlEnvironment> environments, Philox generator)
    {
        var rollout = Collect(environments, generator.Split("rollout"), explore: true);
        rollout.Estimate(_settings);
        Learn(rollout, environments[0].ObservationSize, environments[0].ActionSize, generator.Split("order"));
        return rollout.MeanReturn;
    }

    /// <summary>The mean return of episodes in which every action is the policy's mean.</summary>
    internal double Evaluate(IReadOnlyList<ControlEnvironment> environments, Philox generator) => Collect(environments, generator, explore: false).MeanReturn;

    /// <summary>Standardised observations of the given number of episodes, for diagnoses: those of one rollout with the policy's mean.</summary>
    internal Tensor Probe(IReadOnlyList<ControlEnvironment> environments, Philox generator, int count)
    {
        int size = environments[0].ObservationSize;
        float[] all = Collect(environments, generator, explore: false).Observations;
        int rows = Math.Min(count, all.Length / size), stride = all.Length / size / rows;
        var values = new float[rows * size];
        for (int row = 0; row < rows; row++)
            all.AsSpan(row * stride * size, size).CopyTo(values.AsSpan(row * size));
        return Tensor.From(values, [rows, size]);
    }

    private Rollout Collect(IReadOnlyList<ControlEnvironment> environments, Philox generator, bool explore)
    {
        using var outside = NoGradient.Begin();
        int episodes = environments.Count, observationSize = environments[0].ObservationSize, actionSize = environments[0].ActionSize;
        var rollout = new Rollout(episodes, _settings.Horizon, observationSize, actionSize);
        var observations = new float[episodes * observationSize];
        var standardized = new float[episodes * observationSize];
        Philox[] streams = [.. Enumerable.Range(0, episodes).Select(episode => generator.Split(episode))];
        for (int episode = 0; episode < episodes; episode++)
            environments[episode].Reset(streams[episode], observations.AsSpan(episode * observationSize, observationSize));
        float[] deviations = [.. Spread.LogDeviation.ToArray<float>().Select(MathF.Exp)];
        for (int t = 0; t <= _settings.Horizon; t++)
        {
            using var scope = TensorScope.Begin();
            for (int episode = 0; episode < episodes; episode++)
            {
                var observation = observations.AsSpan(episode * observationSize, observationSize);
                if (explore)
                    Scale.Add(observation);
                Scale.Standardize(observation, standardized.AsSpan(episode * observationSize, observationSize));
            }

            var input = Tensor.From(standardized, [episodes, observationSize]);
            float[] values = Value.Forward(input).ToArray<float>();
            for (int episode = 0; episode < episodes; episode++)
                rollout.Values[(episode * (_settings.Horizon + 1)) + t] = values[episode];
            if (t == _settings.Horizon)
                break;
            var mean = Policy.Forward(input);
            float[] actions = mean.ToArray<float>();
            for (int i = 0; explore && i < actions.Length; i++)
                actions[i] += deviations[i % actionSize] * (float)streams[i / actionSize].NextNormal();
            float[] logProbabilities = PpoObjective.LogProbability(mean, Spread.LogDeviation, Tensor.From(actions, [episodes, actionSize])).ToArray<float>();
            for (int episode = 0; episode < episodes; episode++)
            {
                int step = (episode * _settings.Horizon) + t;
                var action = actions.AsSpan(episode * actionSize, actionSize);
                standardized.AsSpan(episode * observationSize, observationSize).CopyTo(rollout.Observations.AsSpan(step * observationSize));
                action.CopyTo(rollout.Actions.AsSpan(step * actionSize));
                rollout.LogProbabilities[step] = logProbabilities[episode];
                var next = observations.AsSpan(episode * observationSize, observationSize);
                (rollout.Rewards[step], rollout.IsOver[step]) = environments[episode].Step(action, next);
                if (rollout.IsOver[step])
                    environments[episode].Reset(streams[episode], next);
            }
        }

        return rollout;
    }

    private void Learn(Rollout rollout, int observationSize, int actionSize, Philox generator)
    {
        int count = rollout.Advantages.Length;
        double mean = rollout.Advantages.Average();
        double deviation = Math.Sqrt(rollout.Advantages.Average(advantage => (advantage - mean) * (advantage - mean))) + 1e-8;
        var observations = Tensor.From(rollout.Observations, [count, observationSize]).Keep();
        var actions = Tensor.From(rollout.Actions, [count, actionSize]).Keep();
        var before = Tensor.From(rollout.LogProbabilities, [count]).Keep();
        var advantages = Tensor.From([.. rollout.Advantages.Select(advantage => (float)((advantage - mean) / deviation))], [count]).Keep();
        var returns = Tensor.From([.. Enumerable.Range(0, count).Select(step => (float)rollout.Return(step))], [count, 1]).Keep();
        var batches = new RowBatches(count, _settings.BatchSize, generator.Split, PartialBatch.Drop);
        var loop = new TrainingLoop(_optimizers, () =>
        {
            var chosen = Tensor.From(batches.Next(), [_settings.BatchSize]);
            var seen = observations.Gather(chosen);
            var logProbability = PpoObjective.LogProbability(Policy.Forward(seen), Spread.LogDeviation, actions.Gather(chosen));
            var clipped = PpoObjective.ClippedLoss(logProbability, before.Gather(chosen), advantages.Gather(chosen), _settings.Clip);
            var loss = clipped - (PpoObjective.Entropy(Spread.LogDeviation) * _settings.EntropyBonus);
            return [loss, Loss.MeanSquaredError(Value.Forward(seen), returns.Gather(chosen))];
        });
        loop.Run((long)_settings.Epochs * batches.PerEpoch, CancellationToken.None);

        foreach (var tensor in new[] { observations, actions, before, advantages, returns })
            tensor.Dispose();
    }
}
