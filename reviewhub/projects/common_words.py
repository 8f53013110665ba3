"""Words that are names of people too: alone they are never taken for a person's name.

Programs, papers and READMEs are full of them: masking "Adam" or "Grace" would spoil more than it hides.
"""

import builtins
import keyword

LANGUAGE = frozenset(word.lower() for word in (*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
"""Words of Python. A name that is one ("Elif") is masked only as a name is written, with its capital."""

_LISTED = """
adam adams nadam gauss laplace newton euler markov bayes fisher hinge lasso ridge cauchy hilbert jacobi kalman
wiener poisson bernoulli dirichlet gibbs langevin wasserstein frechet lipschitz chebyshev fourier taylor hessian
alpha beta gamma delta epsilon sigma omega theta lambda kappa zeta
april june july august summer winter autumn spring sunday monday friday
amber angel baker banks bell bill bishop black blake bond brook brown bush carter chase chance christian clay
cliff cole cook cooper cross crystal daisy dale dawn deacon dean destiny drew duke earl eden edge faith field
fisher flint florence forest fox frank gene gold grace grant gray green grey guy hall harmony harper hart hazel
heath heather hill holly hope hunter iris ivory ivy jack jade jasper jersey jewel jordan joy judge justice king
knight lake lance lane lily link little long london love major marina mark marsh martin mason may melody mercy
miles mill miller mine moon moore norm north norman olive page paris park parker pearl penny piper porter potter
power pratt price prince pure quick rain raven ray read reed rich river rivers robin rock rose ruby rusty sage
sandy savage scout sharp shaw shell sierra silver sky sparrow star steel stella stone storm strong sunny tale
tanner tate temple terra tiger trace trinity trip troy turner under vale victor view violet virginia wade walker
ward water watts wave webb weaver west wheeler white will willow wise wolf wood woods worth york young
deniz toprak ates bahar yaman umut sevgi ekin doga gunes yildiz kaya tuna nehir ozgur savas baris demir
admin administrator author authors anonymous bot build class code codes colab commit content data default demo
developer developers docker drive example github gitlab google group guest hello home images index info input
jovyan jupyter kaggle linux local loss main master mean metu model models module name network none notebook null
odtu output owner paper people person plot project python pytorch readme repo results review reviewer root runner
sample script server setup source staff std student students team temp test tests text torch train trainer
training true false ubuntu undefined unknown user username users utils value values version vscode web windows
work batch layer layers epoch image label labels grad gradient optimizer scheduler dataset loader sampler encoder
decoder attention transformer diffusion generator discriminator noise latent random
"""
COMMON = frozenset(_LISTED.split())
"""Words of English, Turkish, the course and its machines."""
