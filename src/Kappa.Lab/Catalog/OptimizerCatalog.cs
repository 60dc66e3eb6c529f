namespace Kappa.Lab.Catalog;

/// <summary>The optimizers and remedies that a config may name. Activation preconditioning goes in front of any of them.</summary>
internal static class OptimizerCatalog
{
    internal static IReadOnlyList<Kind> All { get; } =
    [
        new OptimizerKind<SgdSettings>(
            "sgd", "SGD", "Stochastic gradient descent, with momentum if asked for.",
            (model, settings, rate, _) => new SGD(model.Parameters(), rate, settings.Momentum, settings.Dampening, settings.Nesterov, settings.WeightDecay)),
        new OptimizerKind<SignumSettings>(
            "signum", "Signum", "Steps of one size along the sign of the momentum (Bernstein and others, 2018).",
            (model, settings, rate, _) => new Signum(model.Parameters(), rate, settings.Momentum, settings.WeightDecay)),
        new OptimizerKind<AdamWOptions>(
            "adamw", "AdamW", "Adam with decoupled weight decay (Loshchilov and Hutter, 2019).",
            (model, settings, rate, _) => new AdamW(model.Parameters(), rate, settings)),
        new OptimizerKind<MuonOptions>(
            "muon", "Muon", "Momentum made orthogonal by Newton-Schulz (Jordan, 2024); AdamW for biases and what is no matrix.",
            (model, settings, rate, _) => new Muon(model.Parameters(), rate, settings)),
        new OptimizerKind<AdaMuonOptions>(
            "adamuon",
            "AdaMuon",
            "Muon on the sign of the momentum, with a second moment and steps of AdamW's size (Si and others, 2025); AdamW for biases and what is no matrix.",
            (model, settings, rate, _) => new AdaMuon(model.Parameters(), rate, settings)),
        new OptimizerKind<AdamOSettings>(
            "adamo", "AdamO", "AdamW with a step beside it that keeps the singular values of weights near one (Rosseau and others, 2026).",
            (model, settings, rate, onWarning) => new AdamO(model.Parameters(), rate, settings.Isometry with { OnWarning = onWarning }, settings.AdamW)),
        new OptimizerKind<MuonOSettings>(
            "muono", "MuonO", "Muon with the step of AdamO beside it.",
            (model, settings, rate, onWarning) => new MuonO(model.Parameters(), rate, settings.Isometry with { OnWarning = onWarning }, settings.Muon)),
        new RemedyKind<ReDoOptions>(
            "redo", "ReDo", "Draws dormant units anew now and then (Sokar and others, 2023).",
            (inner, model, settings, generator) => new ReDo(inner, model, generator, settings)),
        new RemedyKind<ContinualBackpropagationOptions>(
            "continual-backpropagation", "continual backpropagation", "Draws a few mature units of little use anew in every step (Dohare and others, 2024).",
            (inner, model, settings, generator) => new ContinualBackpropagation(inner, model, generator, settings)),
        new RemedyKind<ShrinkAndPerturbOptions>(
            "shrink-and-perturb", "shrink and perturb", "Shrinks every parameter and adds noise now and then (Ash and Adams, 2020).",
            (inner, _, settings, generator) => new ShrinkAndPerturb(inner, generator, settings)),
        new RemedyKind<PenaltySettings>(
            "l2", "L2", "Adds the gradient of lambda times the sum of squares: a part of the loss, where weight decay stands beside it.",
            (inner, _, settings, _) => new L2(inner, settings.Strength)),
        new RemedyKind<PenaltySettings>(
            "l2-init", "L2-init", "Pulls parameters towards their initial values (Kumar and others, 2023).",
            (inner, _, settings, _) => new L2Init(inner, settings.Strength)),
        new RemedyKind<SpectralRegularizationOptions>(
            "spectral", "spectral regularisation", "Pulls the largest singular value of each matrix to 1 (Lewandowski and others, 2024).",
            (inner, _, settings, generator) => new SpectralRegularization(inner, generator, settings)),
    ];
}
