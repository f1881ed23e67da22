"""The demo's estate: Larkspur, a shop that does not exist, in one account and region.

28 services of eleven teams over a Fargate and an EC2 cluster, one VPC with private, public and isolated
subnets, and the mistakes that such an estate has: a parameter and a log group that are not there, a subnet
without a route table of its own, a service on a retired revision, secrets in the clear.
"""

import company_around
import company_data
import company_jobs
import company_network
import company_services
import company_special
from blocks import Site


def build(aws):
    site = Site(aws)
    company_network.build(site)
    company_data.build(site)
    company_special.clusters(site)
    company_special.listeners(site)
    company_services.build(site)
    company_special.build(site)
    company_jobs.build(site)
    company_around.build(site)
    return site
